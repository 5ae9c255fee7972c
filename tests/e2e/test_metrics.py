"""`argotui metrics` and `--metrics-file`, by the real program."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from .manifests import HELLO, workflow

COUNTS = workflow(
    "counts",
    """
  - name: main
    script: {image: busybox, command: [sh], source: "exit 0"}
    metrics:
      prometheus:
      - {name: odd, help: h, counter: {value: "{{nothing}}"}}
      - {name: ends, help: "a \\e[2J", counter: {value: "1"}}
""",
    """  metrics:
    prometheus:
    - name: runs
      help: runs by how they ended
      labels: [{key: status, value: "{{workflow.status}}"}]
      counter: {value: "1"}
""",
)


def samples(text: str) -> dict[str, float]:
    return {
        sample.name + "".join(f" {k}={v}" for k, v in sample.labels.items()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_run_keeps_its_metrics_and_all_runs_add_up(argotui, write, tmp_path):
    copy = tmp_path / "node.prom"
    first = argotui.run("--plain", "--metrics-file", str(copy), write(COUNTS))
    assert first.code == 0, first.err
    assert "metric odd: unable to substitute parameters" in first.out + first.err
    wanted = {"argo_workflows_runs_total status=Succeeded": 1, "argo_workflows_ends_total": 1}
    assert samples(copy.read_text()) == wanted
    assert samples(argotui("metrics", "@latest").out) == wanted
    assert argotui.run("--plain", write(COUNTS)).code == 0
    assert argotui.run("--plain", write(HELLO)).code == 0
    assert samples(argotui("metrics").out) == dict.fromkeys(wanted, 2)
    none = argotui("metrics", "@latest")
    assert (none.code, none.out) == (0, "")
    assert "no metrics" in none.err


def test_an_error_is_a_condition_of_the_run(argotui, write):
    done = argotui.run("-o", "json", write(COUNTS))
    assert done.code == 0
    (condition,) = [
        each for each in done.json["status"]["conditions"] if each["type"] == "MetricsError"
    ]
    assert condition["status"] == "True"
    assert "failed to resolve {{nothing}}" in condition["message"]
    run = argotui.runs()[0]["run"]
    assert "not measured" in argotui("get", run).out


def test_a_metrics_file_that_cannot_be_written_is_refused_at_once(argotui, write, tmp_path):
    done = argotui.run("--metrics-file", str(tmp_path / "no" / "x.prom"), write(COUNTS))
    assert done.code == 2
    assert "cannot be written" in done.err


def test_the_background_driver_keeps_the_copy_too(argotui, write, tmp_path):
    copy = tmp_path / "node.prom"
    done = argotui.run("--detach", "--metrics-file", str(copy), write(COUNTS))
    assert done.code == 0, done.err
    run = done.out.strip()
    assert argotui("attach", "--plain", run).code == 0
    assert "argo_workflows_runs" in copy.read_text()
