"""The recorded cases of the conformance corpus that need a cluster, strictly, as pods: same tree
at levels 1 to 3. Those that run on this machine are in tests/corpus."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.corpus_runs import Runs
from tests.cluster.program import install_kinds
from tests.cluster.raw import Api
from tests.corpus.shown import CLUSTER_SUITE, found
from tests.corpus.test_corpus import RECORDED, judge, marked

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.slow,
    pytest.mark.xdist_group("corpus"),  # who runs one runs them all
    pytest.mark.skipif(not RECORDED, reason="there is no corpus"),
]


@pytest.fixture(scope="module")
def runs(
    api: Api, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Runs]:
    """All the cases that were asked for, under way."""
    state: Path = tmp_path_factory.mktemp("corpus")
    asked = [item.callspec.params["name"] for item in request.session.items if _is_case(item)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARGOTUI_STATE_DIR", str(state))
        patch.setenv("XDG_RUNTIME_DIR", str(state))
        install_kinds(api)
        runs = Runs(api, [RECORDED[name] for name in asked])
        try:
            yield runs
        finally:
            runs.close()


def _is_case(item: pytest.Item) -> bool:
    return item.path == Path(__file__) and hasattr(item, "callspec")


@pytest.mark.parametrize("name", marked(CLUSTER_SUITE))
def test_it_runs_on_a_cluster_as_it_ran_there(name: str, runs: Runs) -> None:
    case = RECORDED[name]
    judge(case, CLUSTER_SUITE, found(case, runs.tree(name)))
