"""A process that applies the bench's plan and is killed, without any clean-up, at a step that it is told."""

import os
import signal
import sys

from bench.apply_faults import apply_once
from bench.deaths import Steps
from handrail.testing import NOW

if __name__ == "__main__":
    url, where, step = sys.argv[1:]
    apply_once(url, where, NOW, Steps(int(step), lambda: os.kill(os.getpid(), signal.SIGKILL)), timeout=5)
