"""The real program in processes of its own, each test with a state folder of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from argotui.cli.runs import word_of
from argotui.journal.index import list_runs
from argotui.journal.lock import lock_owner
from argotui.runtimes.local.doctor import find_sandbox

PATIENCE = 60.0
PROGRAM = (sys.executable, "-P", "-m", "argotui")


def hears_signals() -> None:
    """What is started in the background, or by nohup, ignores some, and so do its children: tests
    that send them start their processes with this."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@dataclass
class Done:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Program:
    """Runs command lines. Whatever is left at the end is ended."""

    folder: Path
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if k not in ("CI", "KUBECONFIG")}
        return {
            **kept,
            "ARGOTUI_STATE_DIR": str(self.folder / "state"),
            "XDG_CONFIG_HOME": str(self.folder),
            "HOME": str(self.folder),
            "PYTHONUTF8": "1",
            "COLUMNS": "120",
        }

    def __call__(self, *arguments: str, stdin: str | bytes | None = None) -> Done:
        """Carry out a command line to its end."""
        raw = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            [*PROGRAM, *arguments],
            capture_output=True,
            env=self.environment,
            input=raw if raw is not None else b"",
            timeout=PATIENCE,
            check=False,
            cwd=self.folder,
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def run(self, *arguments: str, stdin: str | bytes | None = None) -> Done:
        """`argotui run` on the local runtime, isolated where this machine can."""
        return self("run", *self.local, *arguments, stdin=stdin)

    @property
    def local(self) -> tuple[str, ...]:
        sandbox = () if find_sandbox().program else ("--no-sandbox",)
        return ("--runtime", "local", *sandbox)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a headless run and return its process."""
        process = subprocess.Popen(
            [*PROGRAM, "run", *self.local, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            env=self.environment,
            text=True,
            cwd=self.folder,
            preexec_fn=hears_signals,
        )
        self.started.append(process)
        return process

    def runs(self) -> list[dict[str, str]]:
        """Return what `argotui runs` lists, without a process for it."""
        return [
            {"run": run.folder.name, "status": word_of(run), "workflow": run.summary.workflow_name}
            for run in list_runs(self.folder / "state" / "runs")
        ]

    def wait_for(self, what: str, come: Callable[[], Any]) -> Any:
        """Look until it has come; fail with `what` if it does not."""
        deadline = time.monotonic() + PATIENCE
        while not (found := come()):
            assert time.monotonic() < deadline, f"waited for {what}: {self.runs()}"
            time.sleep(0.05)
        return found

    def wait_for_word(self, word: str) -> str:
        """Wait until the newest run stands so, and its driver has left if it has ended; return
        its id."""

        def come() -> str:
            found = list_runs(self.folder / "state" / "runs")[:1]
            if not found or word_of(found[0]) != word:
                return ""
            closes = found[0].driven and found[0].summary.phase.is_completed
            return "" if closes else found[0].folder.name

        return str(self.wait_for(f"a run that is {word}", come))

    def let_go(self, run: str) -> None:
        """End the first step of HELD, whoever drives the run."""
        (claim,) = (self.folder / "state" / "runs" / run / "work" / "local" / "claims").iterdir()
        (claim / "open").touch()

    def kill_driver(self, run: str) -> None:
        """kill -9, as a power cut would."""
        owner = lock_owner(self.folder / "state" / "runs" / run / "lock")
        os.kill(owner["pid"], signal.SIGKILL)
        self.wait_for("the end of the driver", lambda: self.runs()[0]["status"] == "Interrupted")

    def end(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.communicate()
        for run in self.runs():
            if run["status"] not in ("Succeeded", "Failed", "Error"):
                self("terminate", run["run"])


@pytest.fixture
def argotui(tmp_path: Path) -> Iterator[Program]:
    program = Program(tmp_path)
    yield program
    program.end()


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    def _write(text: str, name: str = "workflow.yaml") -> str:
        path = tmp_path / name
        path.write_text(text)
        return str(path)

    return _write
