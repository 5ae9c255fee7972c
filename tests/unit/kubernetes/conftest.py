from __future__ import annotations

import pytest

from tests.unit.kubernetes.server import FakeApi


@pytest.fixture
def api():
    pytest.importorskip("kubernetes")
    server = FakeApi()
    yield server
    server.close()
