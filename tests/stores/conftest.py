"""A real S3 server on the loopback interface, with one bucket in a folder of the test's own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.waiting import until_sync

_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "argotui-s3"
BUCKET = "bucket-one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """`folder` holds the bucket's objects as files."""

    endpoint: str
    access: str
    private: str
    folder: Path


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    binary = os.environ.get("ARGOTUI_TEST_S3") or shutil.which("versitygw", path=str(_CACHE))
    if not binary:
        pytest.skip("no S3 server: `make s3` makes one")
    folder = tmp_path / "objects" / BUCKET
    folder.mkdir(parents=True)
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    made = Server(endpoint=f"127.0.0.1:{port}", access="AKIATEST", private="pr1vate", folder=folder)
    keys = {"ROOT_ACCESS_KEY": made.access, "ROOT_SECRET_KEY": made.private}
    process = subprocess.Popen(
        [binary, "--port", made.endpoint, "posix", str(folder.parent)],
        env={**os.environ, **keys}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until_sync(lambda: _answers(port), "the S3 server")
        yield made
    finally:
        process.terminate()
        process.wait(60)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
