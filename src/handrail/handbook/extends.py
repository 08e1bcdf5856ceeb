"""The files of a handbook: a team's own and what it extends, to the bundled one or one that stands alone."""

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from handrail.errors import UserError
from handrail.handbook.document import Document, Place, Plain, Problem
from handrail.handbook.merge import laid_over
from handrail.handbook.positions import parse

BUNDLED = Path(__file__).with_name("distribution.yml")
DISTRIBUTION = "distribution"
"""What `extends:` calls the bundled handbook."""
LARGEST = 5 * 2**20
"""Bytes; the bundled handbook has a hundredth of it."""


@dataclass(frozen=True)
class HandbookFile:
    """One file as it was read: its path, None for the bundled one, and its bytes."""

    path: Path | None
    content: bytes

    @property
    def name(self) -> str:
        """What places call the file."""
        return _name(self.path)


@dataclass(frozen=True)
class Chain:
    """The files, the team's own first, and what they come to, with what is wrong in texts and `extends`."""

    files: tuple[HandbookFile, ...]
    document: Document

    def inherited(self, *path: str) -> list[str]:
        """What stands at `path` as bundled: the keys of a map, the labels of a list, or the one value."""
        value: Plain = self.document.data
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, dict):
            return [key for key in value if self.document.keys[*path, key].file == BUNDLED.name]
        if value is None or self.document.values[path].file != BUNDLED.name:
            return []
        return (
            [str(one["label"]) for one in value if isinstance(one, dict)] if isinstance(value, list) else [str(value)]
        )


def read_bytes(path: Path) -> bytes:
    """The content of a handbook's file. Raises UserError where it cannot be had."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise UserError(f"{path}: there is no such file; check the path of the handbook") from None
    except IsADirectoryError:
        raise UserError(f"{path}: this is a folder; give the path of the YAML file in it") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the path is not one"
        raise UserError(f"{path}: the handbook cannot be read ({reason}); check its path and permissions") from None
    if len(content) > LARGEST:
        raise UserError(f"{path}: this file is larger than 5 MiB; a handbook is not, so check the path")
    return content


def read_chain(path: Path | None) -> Chain:
    """All files from `path` (None: the bundled handbook) on. Raises UserError if that one cannot be read."""
    files: list[HandbookFile] = []
    documents: list[Document] = []
    seen: set[Path | None] = set()
    following = _Next(path, None)
    while following.says is None:
        try:
            content = read_bytes(following.path or BUNDLED)
            document = _parsed(content, following.path)
        except UserError as error:
            if following.place is None:
                raise
            following = _Next(None, following.place, f"`extends` leads nowhere: {error}")
            break
        files.append(HandbookFile(following.path, content))
        documents.append(document)
        seen.add(_identity(following.path))
        following = _extended(document, following.path)
        if following.says is None and _identity(following.path) in seen:
            following = _Next(
                None, following.place, f"`extends` leads back to {_name(following.path)}; end it with null"
            )
    whole = Document()
    for over in reversed(documents):
        whole = laid_over(whole, over)
    whole.data.pop("extends", None)
    if following.says and following.place:
        place = following.place
        whole.problems.append(Problem(place.file, place.line, place.column, following.says))
        whole.broken = True
    return Chain(tuple(files), whole)


@dataclass(frozen=True)
class _Next:
    """The file to read next, and where `extends` says so. `says` ends the chain: a problem, or empty."""

    path: Path | None
    place: Place | None
    says: str | None = None


def _extended(document: Document, path: Path | None) -> _Next:
    """What a document extends."""
    if _identity(path) is None:
        return _Next(None, None, "")
    assert path is not None
    stated = "extends" in document.data
    value = document.data.get("extends", DISTRIBUTION)
    place = document.values.get(("extends",)) or Place(_name(path), 1, 1)
    if value is None:
        return _Next(None, place, "")
    if not isinstance(value, str) or not value.strip():
        return _Next(None, place, f"`extends` takes `{DISTRIBUTION}`, the path of another handbook, or null")
    if value == DISTRIBUTION:
        return _Next(None, place if stated else Place(_name(path), 1, 1))
    if "/" not in value and "." not in value and get_close_matches(value, [DISTRIBUTION]):
        return _Next(None, place, f"`extends` knows no handbook `{value}`; did you mean `{DISTRIBUTION}`?")
    return _Next(path.parent / value, place)


def _parsed(content: bytes, path: Path | None) -> Document:
    return _bundled(content) if path is None else parse(_text(content, path), str(path))


@cache
def _bundled(content: bytes) -> Document:
    """The bundled handbook's document, read once in a process, since it is below almost every other."""
    return parse(_text(content, None), BUNDLED.name)


def _text(content: bytes, path: Path | None) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UserError(f"{path}: line {line} is not UTF-8; save the file in that encoding") from None


def _name(path: Path | None) -> str:
    return BUNDLED.name if path is None else str(path)


def _identity(path: Path | None) -> Path | None:
    return None if path is None or path.resolve() == BUNDLED else path.resolve()
