"""Every way a command can fail, as one message on stderr and an exit code. Called by app.run."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from argotui.cli import exits
from argotui.cli.text import fit, safe
from argotui.model.errors import EngineBug, ManifestError, RuntimeFault, UsageError

if TYPE_CHECKING:
    import typer


def say(message: str) -> None:
    """Print a line for people on stderr; never fails."""
    lines = [safe(line) for line in message.splitlines()] or [""]
    with contextlib.suppress(OSError, ValueError):
        print(fit("\n".join(lines), sys.stderr), file=sys.stderr, flush=True)


def complain(message: str) -> None:
    """Print one clear message about what went wrong."""
    say(f"argotui: {message}")


@contextlib.contextmanager
def catching() -> Iterator[list[int]]:
    """Turn whatever is raised inside into a message; the list then holds the exit code."""
    code: list[int] = []
    try:
        yield code
    except BaseException as error:
        code.append(code_of(error))


def code_of(error: BaseException) -> int:
    """Say what went wrong and return the exit code for it."""
    import typer  # only here: a driver starts without it

    match error:
        case ManifestError():
            _print_problems(error)
            return exits.USAGE
        case UsageError():
            complain(str(error))
            return exits.USAGE
        case RuntimeFault():
            complain(str(error))
            return exits.INFRASTRUCTURE
        case typer.Exit():
            return error.exit_code
        case typer.TyperException():
            return _usage(error)
        case SystemExit():
            return error.code if isinstance(error.code, int) else exits.USAGE
        case KeyboardInterrupt() | typer.Abort():
            return exits.INTERRUPTED
        case BrokenPipeError():
            return _pipe_closed()
        case BaseExceptionGroup() if len(error.exceptions) == 1:
            return code_of(error.exceptions[0])
        case OSError() if error.filename is not None and error.strerror:
            complain(f"{error.filename}: {error.strerror}")
            return exits.INFRASTRUCTURE
        case _:
            return _unexpected(error)


def _print_problems(error: ManifestError) -> None:
    for problem in error.problems:
        say(str(problem))


def _usage(error: typer.TyperException) -> int:
    complain(error.format_message())
    context = getattr(error, "ctx", None)
    if context is not None:
        say(f"Try: {context.command_path} --help")
    return exits.USAGE


def _pipe_closed() -> int:
    """Whoever read our output has left: no complaint, and none at interpreter exit either."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            os.dup2(nothing, stream.fileno())
    return exits.SUCCEEDED


def _unexpected(error: BaseException) -> int:
    import traceback

    story = "".join(traceback.format_exception(error))
    kind = "a fault of argotui itself" if isinstance(error, EngineBug) else type(error).__name__
    first = (str(error).splitlines() or [""])[0]
    if os.environ.get("ARGOTUI_DEBUG"):
        sys.stderr.write(story)
    complain(f"unexpected: {kind}: {first} (the full story: {_keep(story)})")
    return exits.INFRASTRUCTURE


def _keep(story: str) -> str:
    """Write the story where only this user can read it; return where."""
    import tempfile

    stamp = time.strftime("%Y%m%d-%H%M%S")
    try:
        handle, name = tempfile.mkstemp(prefix=f"argotui-{stamp}-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(story)
    except OSError as fault:
        return f"could not be written, {fault.strerror}; set ARGOTUI_DEBUG=1"
    return str(Path(name))
