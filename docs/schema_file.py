"""Writes schema/workflow.schema.json from the dataclasses of manifests: `make docs`.

`python docs/schema_file.py --check` only says whether the file is up to date.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from made import made

from argotui.manifest.schema import workflow_schema

FILE = Path(__file__).parent / "schema" / "workflow.schema.json"


if __name__ == "__main__":
    schema = json.dumps(workflow_schema(), indent=1, ensure_ascii=False) + "\n"
    sys.exit(made(FILE, schema))
