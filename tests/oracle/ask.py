"""The Go program of this folder: built once, asked by the thousand.

Called by the fuzzers beside it. Needs Go and the Go module proxy (or its cache).
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
_BATCH = 200
_BYTES = 2 << 30


class Oracle:
    """Answers questions, one for each; started again when one of them was its end."""

    def __init__(self, program: Path) -> None:
        self.program = program
        self.env: dict[str, Any] = {}
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [str(self.program)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "TZ": "UTC", "GOMAXPROCS": "1"},
            preexec_fn=_limited,
        )

    def within(self, env: dict[str, Any]) -> None:
        """Give the environment of the expressions that follow."""
        self.env = env
        self._batch([{"kind": "env", "env": env}])

    def ask(self, questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
        answers: list[dict[str, Any]] = []
        for start in range(0, len(questions), _BATCH):
            answers += self._batch(questions[start : start + _BATCH])
        return answers

    def _batch(self, questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        lines = b"".join(json.dumps(question).encode() + b"\n" for question in questions)
        try:
            self.process.stdin.write(lines)
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        answers = []
        for index in range(len(questions)):
            line = self.process.stdout.readline()
            if not line.endswith(b"\n"):
                self.close()
                self.process = self._start()
                self.within(self.env)
                rest = questions[index + 1 :]
                died = [{"error": "oracle: died"}]
                return answers + died + (self._batch(rest) if rest else [])
            answers.append(json.loads(line))
        return answers

    def close(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
        self.process.wait()


def _limited() -> None:
    """A question may ask for more than the machine has."""
    resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))


def build() -> Path | None:
    """Return the program, or None where there is no Go."""
    if shutil.which("go") is None:
        return None
    program = Path(tempfile.gettempdir()) / f"argotui-oracle-{os.getuid()}" / "oracle"
    program.parent.mkdir(mode=0o700, exist_ok=True)
    done = subprocess.run(
        ["go", "build", "-o", str(program), "."], cwd=HERE, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"go build: {done.stderr.strip()}")
    return program
