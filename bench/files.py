"""The snapshot files that are measured: made from the demo team once, and again when the demo or the format changed."""

import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from time import perf_counter

import handrail
from handrail.demo import DemoTeam
from handrail.engine.filled import fill
from handrail.store.database import Store
from handrail.store.snapshot_file import write

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "bench"
CACHE = FOLDER / "cache"
"""Where the measured processes keep compiled handbooks: the reader's own cache stays as it is."""
PEOPLE = 50
_ROOMS = ("demo", "model", "store")


def open_items(size: int, say: Callable[[str], None]) -> tuple[Path, float]:
    """The open ones of ``size`` items of the demo team, and the seconds it took to write them (0: they were there)."""
    return _file(f"demo-{size}-open", size, whole=False, say=say)


def whole(size: int, say: Callable[[str], None]) -> tuple[Path, float]:
    """``size`` items with closed ones and histories, as ``handrail --demo snapshot export`` writes them."""
    return _file(f"demo-{size}-whole", size, whole=True, say=say)


def _file(name: str, size: int, *, whole: bool, say: Callable[[str], None]) -> tuple[Path, float]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}-{_digest()}.jsonl"
    if path.exists():
        return path, 0.0
    for stale in FOLDER.glob(f"{name}-*.jsonl*"):
        stale.unlink()
    say(f"making {path.name}")
    started = perf_counter()
    write(path, DemoTeam(size, PEOPLE), histories=whole, closed=whole)
    return path, perf_counter() - started


def stored(size: int, folder: Path, say: Callable[[str], None]) -> Path:
    """A store of ``size`` items of the demo team, histories included, to be written on: a copy in the folder."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    kept = FOLDER / f"demo-{size}-{_digest()}.sqlite"
    if not kept.exists():
        for stale in FOLDER.glob(f"demo-{size}-*.sqlite*"):
            stale.unlink()
        say(f"making {kept.name}")
        making = kept.with_suffix(".making")
        making.unlink(missing_ok=True)
        with Store.open(making) as store:
            fill(store, DemoTeam(size, PEOPLE))
        making.rename(kept)
    return Path(shutil.copy(kept, folder / "store.sqlite"))


def _digest() -> str:
    source = Path(handrail.__file__).parent
    found = sha256()
    for room in _ROOMS:
        for module in sorted((source / room).glob("*.py")):
            found.update(module.read_bytes())
    return found.hexdigest()[:12]
