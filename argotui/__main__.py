"""The command `argotui`, and `python -m argotui`.

`--version` is answered before anything else is imported: scripts and prompts ask it often.
"""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line and return its exit code (cli/exits.py)."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from argotui import __version__

        sys.stdout.write(f"argotui {__version__}\n")
        return 0
    from argotui.cli.app import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
