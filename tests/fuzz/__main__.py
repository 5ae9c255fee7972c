"""`python -m tests.fuzz manifests|expressions [COUNT] [SEED] [SECONDS]`; called by `make fuzz`."""

from __future__ import annotations

import sys

from tests.fuzz.watch import main

if __name__ == "__main__":
    kind = sys.argv[1]
    if kind == "manifests":
        from tests.fuzz.manifests import check
    else:
        from tests.fuzz.expressions import check
    count, seed = (int(sys.argv[n]) if len(sys.argv) > n else n_ for n, n_ in ((2, 1000), (3, 1)))
    sys.exit(main(check, seed, count, float(sys.argv[4]) if len(sys.argv) > 4 else float("inf")))
