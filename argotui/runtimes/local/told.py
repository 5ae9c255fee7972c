"""What people are told of the local runtime before it is loaded. Called by bootstrap and by it."""

from __future__ import annotations

_NOT_ISOLATED = (
    "no sandbox: steps run as plain processes with your rights. They see your files and "
    "your home folder, and a path like /tmp/x is this machine's."
)


def where(sandbox: str) -> str:
    """Return the runtime's short text; `sandbox` as LocalRuntime takes it."""
    return "local" if sandbox == "auto" else "local (no sandbox)"


def warning(sandbox: str) -> str:
    """Return what is not isolated; empty in the sandbox."""
    return "" if sandbox == "auto" else _NOT_ISOLATED
