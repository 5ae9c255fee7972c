"""The command `argotui`, and `python -m argotui`.

`--version` is answered before anything else is imported: scripts and prompts ask it often. The
process of a driver begins here too: it needs no command line.
"""

from __future__ import annotations

import gc
import sys

# Loading modules makes tens of thousands of objects that stay: no look at them before the first
# frame, where one would take 10 ms.
_OBJECTS_BETWEEN_LOOKS = 100_000


def main() -> int:
    """Run the command line and return its exit code (cli/exits.py)."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from argotui import __version__

        sys.stdout.write(f"argotui {__version__}\n")
        return 0
    gc.set_threshold(_OBJECTS_BETWEEN_LOOKS)
    if sys.argv[1:2] == ["_drive"]:
        from argotui.cli.drive import drive

        return drive(sys.argv[2:])
    from argotui.cli.app import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
