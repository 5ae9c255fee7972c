"""The sample workflows as pods: the same trees, outputs and logs as on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cluster.raw import Namespace
from tests.samples.sampling import SAMPLES, golden, matches, options_of, run

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

GOLDEN = sorted(path.stem for path in golden("x").parent.glob("*.txt"))
# What differs by right. whalesay: the image's own animal. create-configmap: it is the cluster's
# object there, the golden file is that of the local store. The rest is told by no other sample.
ELSEWHERE = {"hello-world", "create-configmap", "create-configmap-refused"}


@pytest.fixture(autouse=True)
def _context(kubeconfig: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", kubeconfig)


def there(namespace: Namespace) -> tuple[str, ...]:
    return ("--runtime", "kubernetes", "-n", namespace.name)


@pytest.mark.parametrize("name", [name for name in GOLDEN if name not in ELSEWHERE])
def test_a_sample_makes_the_tree_of_its_golden_file(
    name: str, namespace: Namespace, tmp_path: Path
) -> None:
    expected = golden(name).read_text(encoding="utf-8")
    manifest, *options = options_of(expected)
    if "--object-store" in options:
        options.remove("--object-store")
    done = run(tmp_path / "s", SAMPLES / manifest, *options, where=there(namespace))
    text = expected.partition("\n")[0] + "\n" + done.text()
    assert matches(expected, text), f"--- golden\n{expected}\n+++ now\n{text}\n{done.stderr}"


def test_a_whale_says_it(namespace: Namespace, tmp_path: Path) -> None:
    done = run(tmp_path / "s", SAMPLES / "hello-world.yaml", where=there(namespace))
    assert done.code == 0
    assert "< hello world >" in done.logs


def test_a_config_map_is_made_in_the_cluster(namespace: Namespace, tmp_path: Path) -> None:
    done = run(tmp_path / "s", SAMPLES / "create-configmap.yaml", where=there(namespace))
    assert done.code == 0, done.stderr
    made = namespace.api.get(namespace.path("configmaps"))["items"]
    (config_map,) = [each for each in made if each["metadata"]["name"].startswith("owned-eg-")]
    assert config_map["data"] == {"some": "value"}
