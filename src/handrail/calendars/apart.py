"""Reads a calendar in a process of its own, which can be ended whatever it is busy with."""

import os
import subprocess
import sys

import msgspec

from handrail.calendars.events import Told, Wanted
from handrail.calendars.fetching import UnreadError

SECONDS = 20
_PASSED_ON = ("PATH", "PYTHONPATH", "SYSTEMROOT")  # no token, nothing else that a calendar's reader does not need


def time_off_apart(text: bytes, wanted: Wanted, seconds: float = SECONDS) -> Told:
    """The stretches of time off of a calendar. Raises UnreadError where they are not found in time."""
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "handrail.calendars.events"],
            input=msgspec.json.encode(wanted) + b"\n" + text,
            capture_output=True,
            timeout=seconds,
            check=False,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        )
    except subprocess.TimeoutExpired:
        raise UnreadError(f"what it repeats could not be followed in {seconds:g} seconds") from None
    if ran.returncode:
        raise UnreadError("it is no calendar that can be understood")
    told = msgspec.json.decode(ran.stdout, type=Told)
    if told.problem:
        raise UnreadError(told.problem)
    return told
