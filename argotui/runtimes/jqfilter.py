"""The jqFilter of resource templates: jq in a process of its own, for a filter may never end.

Called by the kubernetes runtime. The process has no environment, little memory and little time;
modules are refused: an `import` would read any file of the machine that ends in .json.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import re
import resource
import subprocess
import sys
from typing import Any

from argotui.model.errors import RuntimeFault

_NO_JQ = "jqFilter needs the package jq: pip install jq; or use jsonPath"
_SECONDS = 2  # of processor time
_PATIENCE = 20.0  # of the clock
_BYTES = 512 << 20
_MAX_TEXT = 4_000_000
_COMMAND = "from argotui.runtimes.jqfilter import main; main()"
_MODULES = re.compile(r"(?:[\s\ufeff]|#[^\n\r]*)*(?:module|import|include)\b")


def filtered(expression: str, found: Any) -> str:
    """Return the results of a filter, a line each: texts raw, the rest JSON. Blocks, for seconds
    at most. Raises RuntimeFault for a filter that fails or takes too long."""
    if importlib.util.find_spec("jq") is None:
        raise RuntimeFault(_NO_JQ)
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _COMMAND],
            input=json.dumps([expression, found], sort_keys=True).encode(),  # gojq sorts too
            capture_output=True,
            timeout=_PATIENCE,
            env={},
            cwd="/",
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RuntimeFault(f"the filter took more than {_PATIENCE:g} seconds") from None
    if done.returncode < 0:
        raise RuntimeFault(f"the filter took more than {_SECONDS} seconds, or too much memory")
    if done.returncode:
        raise RuntimeFault(done.stderr.decode(errors="replace").strip() or "the filter failed")
    return done.stdout.decode(errors="replace")


def main() -> None:
    """Answer one question from standard input; ends the process."""
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))
    try:
        sys.stdout.buffer.write(results(*json.loads(sys.stdin.buffer.read())).encode())
    except (ValueError, MemoryError, RecursionError, RuntimeFault) as error:
        sys.exit(str(error).strip() or type(error).__name__)


def results(expression: str, found: Any) -> str:
    """Return what `filtered` does, in this very process. Raises ValueError as jq does."""
    if _MODULES.match(expression):
        raise RuntimeFault("cannot load modules")
    jq: Any = importlib.import_module("jq")
    lines: list[str] = []
    size = 0
    for each in jq.compile(expression).input_value(found):
        lines.append(each if isinstance(each, str) else _json(each))
        size += len(lines[-1]) + 1
        if size > _MAX_TEXT:
            raise RuntimeFault("the filter gives too much")
    # one null is a key that is not there: the default is for that
    return "" if lines == ["null"] else "\n".join(lines).strip()


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
