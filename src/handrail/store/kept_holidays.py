"""Public holidays, kept in a file: the library that knows them imports every country at every start."""

import os
import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path

import msgspec

Holidays = Mapping[date, str]
_Kept = dict[str, dict[date, str]]
_decode = msgspec.msgpack.Decoder(_Kept).decode


class KeptHolidays:
    """Answers as ``public_holidays`` does, from a file of the cache's where it was asked before.

    The file is of one version of the library; one that is damaged or cannot be written is as good as none.
    """

    def __init__(self, folder: Path, ask: Callable[[str, str | None, range], Holidays]) -> None:
        self._folder = folder
        self._ask = ask
        self._kept: _Kept | None = None

    def __call__(self, country: str, subdivision: str | None, years: range) -> Holidays:
        """The days off by date. Raises ValueError for a country or part that the library does not know."""
        if self._kept is None:
            self._kept = self._read()
        key = f"{country} {subdivision or '-'} {years.start}-{years.stop}"
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = dict(self._ask(country, subdivision, years))
            self._write(self._kept)
        return found

    @property
    def _file(self) -> Path:
        return self._folder / f"holidays-{_version()}.msgpack"

    def _read(self) -> _Kept:
        try:
            return _decode(self._file.read_bytes())
        except (OSError, msgspec.DecodeError):
            return {}

    def _write(self, kept: _Kept) -> None:
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, part = tempfile.mkstemp(dir=self._file.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.msgpack.encode(kept))
            Path(part).replace(self._file)
        except OSError:
            return


@cache
def _version() -> str:
    """The library's; what tells of it has a page on each country, so that it is read only where somebody has one."""
    return version("holidays")
