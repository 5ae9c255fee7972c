"""What the programs have in common that write something here from the code. Called by them."""

from __future__ import annotations

import sys
from pathlib import Path


def made(path: Path, text: str) -> int:
    """Write the file and return 0; with --check only return 1 if it is not up to date."""
    if "--check" in sys.argv[1:]:
        return 0 if path.is_file() and path.read_text(encoding="utf-8") == text else 1
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return 0
