"""Whole pods, held against the files in golden/. To write them anew after a change that is meant:
REWRITE_GOLDEN=1 pytest tests/unit/pods/test_pods_golden.py, then read the diff.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from argotui.pods import build_pod
from tests.unit.pods.podmaking import make_request

FILES = sorted((Path(__file__).parent / "golden").glob("*.yaml"))


def built(case: dict[str, Any]) -> dict[str, Any]:
    given = dict(case["request"])
    given["failed_hosts"] = tuple(given.get("failed_hosts", ()))
    work = build_pod(
        make_request(case["template"], spec=case["spec"], boundary=case.get("boundary"), **given)
    )
    plain: dict[str, Any] = json.loads(json.dumps(asdict(work)))
    return plain


def rewrite(path: Path, work: dict[str, Any]) -> None:
    text = path.read_text(encoding="utf-8").partition("\nwork:")[0].rstrip("\n")
    told = yaml.safe_dump({"work": work}, sort_keys=False, width=100)
    path.write_text(f"{text}\n{told}", encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    work = built(case)
    if os.environ.get("REWRITE_GOLDEN"):
        rewrite(path, work)
    else:
        assert work == case["work"]


def test_there_are_golden_files() -> None:
    assert FILES
