"""What a write carries: a JSON object or a form, and each parameter as GitLab coerces it, with its words of refusal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from standin.rest.paging import Failure

YES, NO = frozenset({"1", "true", "t", "yes", "y", "on"}), frozenset({"0", "false", "f", "no", "n", "off"})


@dataclass(frozen=True)
class Params:
    """The parameters of one request, by name. Getters raise Failure (400) for a value that is none of the kind."""

    given: Mapping[str, Any]

    def __contains__(self, name: object) -> bool:
        return name in self.given

    def text(self, name: str) -> str | None:
        """Text as it is; None where nothing, or null, was given."""
        value = self.given.get(name)
        if isinstance(value, dict | list):
            raise _invalid(name)
        return None if value is None else str(value)

    def number(self, name: str) -> int | None:
        """A whole number; None where it is empty."""
        return _number(name, self.given.get(name))

    def numbers(self, name: str) -> list[int]:
        """A list of them, or one alone; empty ones are left out."""
        value = self.given.get(name)
        found = [_number(name, one) for one in (value if isinstance(value, list) else [value])]
        return [one for one in found if one is not None]

    def words(self, name: str) -> list[str]:
        """Words with commas between them, or a list of such."""
        value = self.given.get(name)
        texts = value if isinstance(value, list) else [] if value is None else [value]
        words = [word.strip() for text in texts for word in str(text).split(",")]
        return [word for word in words if word]

    def flag(self, name: str) -> bool | None:
        """Yes or no, in any of the ways that clients write it; None where nothing was given."""
        text = str(self.given.get(name, "")).casefold()
        if text in {"", "none"}:
            return None
        if text not in YES | NO:
            raise _invalid(name)
        return text in YES

    def choice(self, name: str, among: Iterable[str]) -> str | None:
        """One of some words."""
        text = self.text(name)
        if text is not None and text not in among:
            raise Failure(400, error=f"{name} does not have a valid value")
        return text

    def require(self, *names: str) -> None:
        """Raise Failure unless all of these were given."""
        missing = [f"{name} is missing" for name in names if name not in self.given]
        if missing:
            raise Failure(400, error=", ".join(missing))

    def require_one_of(self, names: Iterable[str]) -> None:
        """Raise Failure unless one of these was given."""
        known = list(names)
        if not any(name in self.given for name in known):
            raise Failure(400, error=f"{', '.join(known)} are missing, at least one parameter must be provided")


def parsed(content_type: str, body: bytes, query: Iterable[tuple[str, str]]) -> Params:
    """The parameters of a request: those of its address, and those of its body, which win. Raises Failure."""
    if content_type.partition(";")[0].strip() == "application/json" and body.strip():
        try:
            told = msgspec.json.decode(body)
        except msgspec.DecodeError as error:
            raise Failure(400, error="The request body is no valid JSON") from error
        return Params({**_form(query), **(told if isinstance(told, dict) else {})})
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True)
    except UnicodeDecodeError as error:
        raise Failure(400, error="The request body is not UTF-8") from error
    return Params({**_form(query), **_form(pairs)})


def _form(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Names and values as Rails reads them: ``name[]=1&name[]=2`` is a list."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name.endswith("[]"):
            found.setdefault(name[:-2], []).append(value)
        else:
            found[name] = value
    return found


def _number(name: str, value: object) -> int | None:
    if value is None or value == "":
        return None
    try:
        if isinstance(value, bool | float):
            raise _invalid(name)
        return int(str(value))
    except ValueError as error:
        raise _invalid(name) from error


def _invalid(name: str) -> Failure:
    return Failure(400, error=f"{name} is invalid")
