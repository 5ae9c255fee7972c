"""Reports of operations on objects that this process does itself, told as the pod that Argo would
have run for them. Used by the object store of this machine and by that of a cluster. Argo: 3.6."""

from __future__ import annotations

import time

from argotui.model.work import ContainerState, PodState, Report


def failed(began: float, message: str, *, code: int, detail: str = "") -> Report:
    """Return the end of an operation that failed just now; the sentence is the node's message and
    the container's. `began` in unix seconds."""
    return Report(
        state=PodState.FAILED,
        message=message,
        containers=(main_ended(began, code=code, message=message, detail=detail),),
        started_at=began,
        finished_at=time.time(),
    )


def main_ended(
    began: float, *, code: int = 0, message: str = "", detail: str = ""
) -> ContainerState:
    """Return the container `main`, ended just now."""
    return ContainerState(
        name="main",
        state="terminated",
        exit_code=code,
        reason="Error" if code else "Completed",
        message=message,
        started_at=began,
        finished_at=time.time(),
        detail=detail,
    )
