"""How much memory a process has held."""

import resource
import sys
from contextlib import suppress
from pathlib import Path

MIB = 2**20


def peak_mib() -> float:
    """The most memory this process has held; elsewhere than on Linux the count may include its parent's."""
    with suppress(OSError):
        return _told("self", "VmHWM")
    bytes_each = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * bytes_each / MIB


def now_mib(process: int) -> float:
    """The memory that another process holds at the moment; 0 elsewhere than on Linux."""
    with suppress(OSError):
        return _told(str(process), "VmRSS")
    return 0.0


def _told(process: str, what: str) -> float:
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 / MIB for line in lines if line.startswith(f"{what}:"))
