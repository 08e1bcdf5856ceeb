"""How much memory a process has held."""

import resource
import sys
from pathlib import Path

MIB = 2**20


def peak_mib() -> float:
    """The most memory this process has held; elsewhere than on Linux the count may include its parent's."""
    try:
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / MIB
    except OSError:
        pass
    bytes_each = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * bytes_each / MIB
