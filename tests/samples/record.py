"""Print what a sample does, in the form of the golden files, to be read and then kept by hand.

python -m tests.samples.record hello-world.yaml > tests/samples/golden/hello-world.txt
"""

from __future__ import annotations

import shlex
import sys
import tempfile
from pathlib import Path

from tests.samples.sampling import SAMPLES, run


def main(manifest: str, *options: str) -> None:
    with tempfile.TemporaryDirectory() as state:
        done = run(Path(state), SAMPLES / manifest, *options)
    print("$", shlex.join([manifest, *options]))
    print(done.text(), end="")


if __name__ == "__main__":
    main(*sys.argv[1:])
