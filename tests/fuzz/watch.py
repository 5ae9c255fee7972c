"""One case at a time, under a limit on time and memory; what is not our own error is a find.

Run as a program by __main__ and, in slices, by test_fuzz.
"""

from __future__ import annotations

import faulthandler
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

SECONDS = 2.0  # of processor time, for one case
MEGABYTES = 300
_STUCK = 900.0  # of the clock, for what holds the interpreter; `nice` may wait for minutes
_SHOWN = 20


class TooLongError(BaseException):
    """One case took more than its time; no `except Exception` may hide it."""


@dataclass
class Finds:
    """What went wrong, a line of the traceback as its name: the first case of each is kept."""

    cases: int = 0
    passed: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    slowest_seed: int = -1
    found: dict[str, str] = field(default_factory=dict)

    def report(self) -> str:
        rate = self.cases / max(self.seconds, 1e-9)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        lines = [
            f"{self.cases:,} cases in {self.seconds:.1f}s ({rate:,.0f}/s), {self.passed:,} valid, "
            f"slowest {self.slowest * 1000:.0f} ms (seed {self.slowest_seed}), peak {peak} MB, "
            f"{len(self.found)} finds"
        ]
        return "\n".join([*lines, *list(self.found.values())[:_SHOWN]])


def limited() -> None:
    """Give this process no more memory than a run may take; wake up what is stuck."""
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES << 20, MEGABYTES << 20))
    signal.signal(signal.SIGVTALRM, _too_long)


def watch(
    check: Callable[[Random], bool], *, seed: int, count: int, seconds: float = float("inf")
) -> Finds:
    """Check `count` cases, or as many as `seconds` allow. Case n is made of seed + n alone.

    `check` returns whether its case was a valid one, and raises for a find.
    """
    finds = Finds()
    begun = time.monotonic()
    for number in range(seed, seed + count):
        if number % 100 == 0:
            faulthandler.dump_traceback_later(_STUCK, exit=True)
        if time.monotonic() - begun > seconds:
            break
        _one(finds, check, number)
    faulthandler.cancel_dump_traceback_later()
    finds.seconds = time.monotonic() - begun
    return finds


def _one(finds: Finds, check: Callable[[Random], bool], seed: int) -> None:
    begun = time.process_time()
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        finds.passed += check(Random(seed))
    except (Exception, TooLongError) as error:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        place = traceback.extract_tb(error.__traceback__)[-1]
        name = (
            f"{type(error).__name__} at {place.filename.rpartition('argotui/')[2]}:{place.lineno}"
        )
        text = "".join(traceback.format_exception(error)[-12:])
        finds.found.setdefault(name, f"--- seed {seed}: {name}\n{text}")
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    finds.cases += 1
    took = time.process_time() - begun
    if took > finds.slowest:
        finds.slowest, finds.slowest_seed = took, seed


def _too_long(_number: int, _frame: object) -> None:
    raise TooLongError(f"more than {SECONDS:g} seconds of processor time")


def main(check: Callable[[Random], bool], seed: int, count: int, seconds: float) -> int:
    limited()
    finds = watch(check, seed=seed, count=count, seconds=seconds)
    print(finds.report())
    sys.stdout.flush()
    return 1 if finds.found else 0
