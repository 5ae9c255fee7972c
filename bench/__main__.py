"""`make bench`: every measurement, or those named on the command line."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable, Mapping

from bench import cluster, engine, frame, imports, lint, local, quick

MEASURES: Mapping[str, Callable[[], None]] = {
    "version": imports.measure_version,
    "imports": imports.measure_imports,
    "frame": frame.measure,
    "gap": local.measure_gap,
    "echo": local.measure_echo,
    "quick": quick.measure,
    "lint": lint.measure,
    "engine": engine.measure,
    "cluster": cluster.measure,
}


def main(names: list[str]) -> None:
    unknown = [name for name in names if name not in MEASURES]
    if unknown:
        sys.exit(f"no such measurement: {', '.join(unknown)}; there are: {', '.join(MEASURES)}")
    load = os.getloadavg()[0]
    print(
        f"{time.strftime('%Y-%m-%d %H:%M')}  Python {platform.python_version()}, "
        f"{platform.system()} {platform.release()}, {os.cpu_count()} cores, load {load:.2f}"
    )
    if load > 0.5 * (os.cpu_count() or 1):
        print("The machine is busy: the figures say less than they should.")
    for name in names or MEASURES:
        MEASURES[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
