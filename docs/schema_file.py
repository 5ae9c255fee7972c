"""Writes schema/workflow.schema.json from the dataclasses of manifests: `make docs`.

`python docs/schema_file.py --check` only says whether the file is up to date.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from argotui.manifest.schema import workflow_schema

FILE = Path(__file__).parent / "schema" / "workflow.schema.json"


def main() -> int:
    text = json.dumps(workflow_schema(), indent=1, ensure_ascii=False) + "\n"
    if "--check" in sys.argv[1:]:
        return 0 if FILE.is_file() and FILE.read_text(encoding="utf-8") == text else 1
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
