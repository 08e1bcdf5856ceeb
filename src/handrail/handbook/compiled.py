"""The compiled copy of a handbook: read in milliseconds, with neither the YAML reader nor pydantic.

The cache has a file for each handbook path, in three parts: a digest of the rest; which Handrail made it, and
from which files and contents; and the handbook. What does not match is made anew. What is in the way of the
cache goes unsaid, since only time is lost.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import msgspec

from handrail import __version__
from handrail.handbook.schema import Handbook

_BUNDLED = Path(__file__).with_name("distribution.yml")
_LARGEST = 32 * 2**20


class _Part(msgspec.Struct, frozen=True, array_like=True):
    """A file that went into the handbook: its absolute path, empty for the bundled one, and its digest."""

    path: str
    digest: bytes


class _Compiled(msgspec.Struct, frozen=True, array_like=True):
    maker: bytes
    parts: tuple[_Part, ...]
    handbook: msgspec.Raw


def read(
    path: Path | None, cache: Path, whole: Callable[[], type[Handbook]] = lambda: Handbook, shapes: Sequence[Path] = ()
) -> Handbook:
    """The handbook at `path` (None: the bundled one), through its copy in the folder `cache`.

    `whole` tells a handbook's shape where the copy has to be made, see `handbook.load.load`; `shapes` are the files in
    which the rules' settings are declared. Raises UserError as `load` does. The cache may be missing, damaged or
    unwritable.
    """
    own = "" if path is None else str(path.absolute())
    copy = cache / f"handbook-{sha256(own.encode(errors='surrogateescape')).hexdigest()[:16]}.msgpack"
    maker = _maker(shapes)
    handbook = _cached(copy, own, maker)
    return handbook if handbook is not None else _made(path, own, copy, maker, whole())


def _cached(copy: Path, own: str, maker: bytes) -> Handbook | None:
    """The handbook of a copy that is whole and was made from what its files hold now."""
    try:
        with copy.open("rb") as file:
            digest, content = file.read(32), file.read(_LARGEST)
        if sha256(content).digest() != digest:
            return None
        compiled = msgspec.msgpack.Decoder(_Compiled).decode(content)
        if compiled.maker != maker or not compiled.parts or compiled.parts[0].path != own:
            return None
        for part in compiled.parts:
            if sha256((Path(part.path) if part.path else _BUNDLED).read_bytes()).digest() != part.digest:
                return None
        return msgspec.msgpack.Decoder(Handbook).decode(compiled.handbook)
    except (OSError, ValueError, msgspec.MsgspecError):
        return None


def _made(path: Path | None, own: str, copy: Path, maker: bytes, whole: type[Handbook]) -> Handbook:
    from handrail.handbook.extends import read_chain
    from handrail.handbook.load import loaded

    chain = read_chain(path)
    handbook = loaded(chain, whole)
    files = [(own if index == 0 else str(file.path.absolute()) if file.path else "", file.content)
             for index, file in enumerate(chain.files)]  # fmt: skip
    parts = tuple(_Part(name, sha256(content).digest()) for name, content in files)
    # Names that UTF-8 cannot hold are not worth caching either.
    with suppress(OSError, ValueError, OverflowError, msgspec.MsgspecError):
        compiled = _Compiled(maker, parts, msgspec.Raw(msgspec.msgpack.encode(handbook)))
        _write(copy, msgspec.msgpack.encode(compiled))
    return handbook


def _write(copy: Path, content: bytes) -> None:
    """All or nothing: a reader meets the old copy or the new one, whatever runs beside."""
    from tempfile import NamedTemporaryFile

    copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=copy.parent, prefix=f"{copy.name}.", delete=False) as file:
        try:
            file.write(sha256(content).digest() + content)
            file.close()
            Path(file.name).replace(copy)
        except OSError:
            Path(file.name).unlink(missing_ok=True)
            raise


def _maker(shapes: Sequence[Path]) -> bytes:
    """What else the copy depends on: the release, and the shapes as this copy of Handrail has them.

    Blocks and the vocabulary that they are made of are taken whole: a list of their files would soon lack one.
    """
    made_by, here = sha256(__version__.encode()), Path(__file__).parent
    for path in (*sorted(here.glob("*.py")), *sorted(here.parent.glob("model/*.py")), *shapes):
        with suppress(OSError):
            made_by.update(path.read_bytes())
    return made_by.digest()
