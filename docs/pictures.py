"""Takes the pictures of README.md: the real program on real runs, exported by Textual itself.

`make pictures`. Runs take place in a state folder of their own; what is shown is what happened.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
PICTURES = Path(__file__).parent / "pictures"
SMALL, LARGE = (80, 24), (160, 50)
# The pictures fetch nothing: no fonts from elsewhere.
_FONT_FACE = re.compile(r"\s*@font-face \{.*?\n    \}", re.DOTALL)
_FONTS = "'Fira Code', Menlo, Consolas, 'DejaVu Sans Mono', monospace"
_PATIENCE = 60.0  # seconds for a run to come to the moment that is wanted

State = object  # argotui.model.fold.RunState


def start(sample: str, name: str) -> Path:
    """Start a run in the background, and return its folder."""
    command = [sys.executable, "-m", "argotui", "run", "--runtime", "local", "--detach"]
    manifest = f"sample_workflows/{sample}.yaml"
    done = subprocess.run(
        [*command, "--name", name, manifest], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return Path(os.environ["ARGOTUI_STATE_DIR"]) / "runs" / done.stdout.split()[0]


async def picture(
    folder: Path,
    size: tuple[int, int],
    name: str,
    *keys: str,
    until: Callable[[State], bool],
    wait: float = 0.6,
) -> None:
    """Show a run at this size; when it has come as far as `until` says, press keys, wait and
    export."""
    from argotui import bootstrap
    from argotui.journal.header import read_header
    from argotui.tui.app import ArgotuiApp
    from argotui.tui.show import Hint, Options

    async def connect() -> object:
        return await bootstrap.reach(folder)

    header = read_header(folder)
    hint = Hint(name=header.workflow_name, where=header.where, manifest=header.manifest)
    app = ArgotuiApp(connect, hint=hint, options=Options(by="you"))
    async with app.run_test(size=size) as pilot:
        end = time.monotonic() + _PATIENCE
        while not until(app.presenter.state):
            if time.monotonic() > end:
                raise SystemExit(f"{name}: the moment never came")
            await pilot.pause(0.05)
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.2)
        await pilot.pause(wait)
        svg = app.export_screenshot(title=f"argotui run {header.manifest}")
    svg = _FONT_FACE.sub("", svg).replace("Fira Code, monospace", _FONTS)
    target = PICTURES / f"{name}.svg"
    target.write_text(svg, encoding="utf-8")
    print(target.relative_to(ROOT))


def ended(name: str) -> Callable[[State], bool]:
    return lambda state: any(
        node.display_name == name and node.has_ended for node in state.nodes.values()
    )


def waits(state: State) -> bool:
    return any(node.waits_for_person for node in state.nodes.values())


def has_ended(state: State) -> bool:
    return state.run.phase.is_completed


async def take_all() -> None:
    folder = start("release", "release-7xk2p")
    testing = ended("unit-tests(0:linux-amd64)")
    await picture(folder, SMALL, "run-80x24", until=testing)
    await picture(folder, LARGE, "run-160x50", "j", until=waits, wait=1.8)
    await picture(folder, SMALL, "approve-80x24", "w", "a", until=ended("scan"), wait=1.5)
    folder = start("failing-tests", "failing-tests-4kd9x")
    await picture(folder, LARGE, "failed-160x50", until=has_ended)


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="argotui-pictures-") as state:
        os.environ.update(ARGOTUI_STATE_DIR=state, XDG_RUNTIME_DIR=state)
        asyncio.run(take_all())
        runs = subprocess.run(
            [sys.executable, "-m", "argotui", "runs", "-o", "name"],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        for run in runs.stdout.split():
            end = [sys.executable, "-m", "argotui", "terminate", run]
            subprocess.run(end, check=False, capture_output=True)


if __name__ == "__main__":
    main()
