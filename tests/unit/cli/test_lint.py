"""`argotui lint`: what it prints in each form, where it finds references, how it ends."""

from __future__ import annotations

import json
import re

import pytest

from argotui.cli.app import run
from argotui.cli.lint_formats import github_command
from argotui.model.errors import Problem
from tests.unit.manifest.helpers import document

GOOD = document("entrypoint: m\ntemplates: [{name: m, container: {image: x}}]")
BAD = document("entrypoint: o\ntemplates: [{name: m, container: {image: x}}]")
WARNED = document("entrypoint: m\ntemplates: [{name: m, http: {url: x}}]")
TEMPLATE = document(
    "templates: [{name: t, inputs: {parameters: [{name: p}]}, container: {image: x}}]",
    kind="WorkflowTemplate",
    name="lib",
)
CALLER = document(
    "entrypoint: m\ntemplates:\n- name: m\n"
    "  steps: [[{name: a, templateRef: {name: lib, template: t},"
    " arguments: {parameters: [{name: p, value: x}]}}]]"
)


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.delenv("ARGOTUI_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def lint(tmp_path, capsys):
    def call(*arguments, **files):
        for name, text in files.items():
            path = tmp_path / f"{name.replace('__', '/')}.yaml"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        code = run(["lint", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_the_last_line_says_it_as_argo_does(lint):
    assert lint("w.yaml", w=GOOD)[:2] == (
        0,
        "✔ no linting errors found! (1 object in 1 file)\n",
    )
    code, out, _ = lint("w.yaml", w=BAD)
    assert code == 2
    assert out.endswith("✖ 1 linting error found! (1 object in 1 file)\n")


def test_warnings_alone_are_no_failure(lint):
    code, out, _ = lint("w.yaml", w=WARNED)
    assert code == 0
    assert "warning[http-no-timeout]" in out
    assert out.endswith("✔ no linting errors found! (1 warning; 1 object in 1 file)\n")


def test_nothing_to_lint_is_a_failure(lint):
    code, _, err = lint("w.yaml", w="apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n")
    assert code == 2
    assert "nothing to lint" in err


def test_json_is_one_object_with_the_problems_as_data(lint):
    code, out, _ = lint("w.yaml", "v.yaml", "-o", "json", w=BAD, v=WARNED)
    found = json.loads(out)
    assert code == 2
    counts = {name: found[name] for name in ("ok", "errors", "warnings", "objects", "files")}
    assert counts == {"ok": False, "errors": 1, "warnings": 1, "objects": 2, "files": 2}
    assert [p["file"] for p in found["problems"]] == ["v.yaml", "w.yaml"]
    assert found["problems"][0]["name"] == "http-no-timeout"
    assert found["problems"][1]["severity"] == "error"
    assert found["problems"][1]["what"].startswith("template name 'o' undefined")


def test_github_gets_a_command_a_problem(lint):
    _, out, _ = lint("w.yaml", "-o", "github", w=BAD)
    assert out == (
        "::error file=w.yaml,line=5,col=15,title=Workflow/w::"
        "template name 'o' undefined; there is: m\n"
    )


def test_githubs_signs_are_escaped_as_it_undoes_them():
    problem = Problem(
        what="50%\nof ::x, y\x1b", file="a,b:c.yaml", line=1, severity="warning", name="n"
    )
    assert github_command(problem) == (
        "::warning file=a%2Cb%3Ac.yaml,line=1,title=[n]::50%25%0Aof ::x, y\\x1b"
    )


def test_sarif_has_a_rule_and_a_region_for_each_result(lint):
    _, out, _ = lint("w.yaml", "v x.yaml", "-o", "sarif", w=BAD, **{"v x": WARNED})
    log = json.loads(out)
    assert log["version"] == "2.1.0"
    (ran,) = log["runs"]
    rules = ran["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["http-no-timeout", "invalid-manifest"]
    assert all(rule["help"]["text"] and rule["shortDescription"]["text"] for rule in rules)
    first, second = ran["results"]
    assert (first["ruleId"], first["ruleIndex"], first["level"]) == (
        "http-no-timeout",
        0,
        "warning",
    )
    where = first["locations"][0]["physicalLocation"]
    assert where["artifactLocation"]["uri"] == "v%20x.yaml"
    where = second["locations"][0]["physicalLocation"]
    assert where["region"] == {"startLine": 5, "startColumn": 15, "endColumn": 16}


def test_references_are_resolved_among_all_that_is_given(lint):
    assert lint("a.yaml", "b.yaml", a=CALLER, b=TEMPLATE)[0] == 0


def test_a_library_is_referred_to_and_not_linted(lint):
    broken = TEMPLATE.replace("name: lib", "name: other").replace("image: x", "iamge: x")
    code, out, err = lint(
        "a.yaml", "--library", "lib", a=CALLER, lib__t=TEMPLATE, lib__broken=broken
    )
    assert (code, err) == (0, "")
    assert "1 object in 1 file" in out


def test_what_makes_a_library_template_unusable_is_told(lint):
    broken = TEMPLATE.replace("container: {image: x}", "container: {image: 'x{{inputs.bad}}'}")
    code, out, _ = lint("a.yaml", "--library", "lib", a=CALLER, lib__t=broken)
    assert code == 2
    assert out.startswith("lib/t.yaml: 1 problem\n")


def test_the_workflows_of_a_library_stay_out(lint):
    code, out, _ = lint("a.yaml", "--library", "lib", a=CALLER, lib__t=TEMPLATE + "---\n" + BAD)
    assert code == 0, out


def test_a_library_that_is_no_folder_is_refused(lint):
    code, _, err = lint("a.yaml", "--library", "nowhere", a=GOOD)
    assert (code, err) == (2, "argotui: --library nowhere: no such folder\n")


def test_the_libraries_of_the_settings_count_too(lint, tmp_path, monkeypatch):
    (tmp_path / "settings").mkdir()
    (tmp_path / "settings" / "config.toml").write_text('library = ["../lib"]\n')
    monkeypatch.setenv("ARGOTUI_CONFIG", str(tmp_path / "settings" / "config.toml"))
    assert lint("a.yaml", a=CALLER, lib__t=TEMPLATE)[0] == 0
    (tmp_path / "settings" / "config.toml").write_text('library = ["../nowhere"]\n')
    code, _, err = lint("a.yaml")
    assert code == 2
    assert "config.toml:1: 'library' must be a list of folders that are there" in err


def test_a_missing_template_is_looked_for_beside_the_file_and_that_is_said(lint):
    code, _, err = lint("w/a.yaml", w__a=CALLER, w__b=TEMPLATE, w__c=BAD)
    assert (code, err) == (0, "argotui: WorkflowTemplate 'lib' is taken from w/b.yaml\n")


def test_what_a_neighbour_refers_to_is_found_as_well(lint):
    second = document(
        "templates: [{name: t, inputs: {parameters: [{name: p}]}, steps: [[{name: a, "
        "templateRef: {name: deep, template: u, clusterScope: true}}]]}]",
        kind="WorkflowTemplate",
        name="lib",
    )
    third = document(
        "templates: [{name: u, container: {image: x}}]", kind="ClusterWorkflowTemplate", name="deep"
    )
    code, _, err = lint("a.yaml", a=CALLER, b=second, c=third)
    assert code == 0
    assert [line.split(" is ")[0] for line in err.splitlines()] == [
        "argotui: WorkflowTemplate 'lib'",
        "argotui: ClusterWorkflowTemplate 'deep'",
    ]


def test_a_neighbour_that_is_not_asked_for_does_not_matter(lint):
    assert lint("a.yaml", a=GOOD, b="]broken[ WorkflowTemplate")[0] == 0
    code, out, _ = lint("a.yaml", a=CALLER)
    assert code == 2
    assert "template reference lib.t not found" in out


def test_only_some_kinds_can_be_looked_at(lint):
    both = BAD + "---\n" + TEMPLATE
    assert lint("a.yaml", "--kinds", "workflowtemplates", a=both)[0] == 0
    assert lint("a.yaml", "--kinds", "workflows,workflowtemplates")[0] == 2
    code, _, err = lint("a.yaml", "--kinds", "pods")
    assert (code, bool(re.search("--kinds: there are workflows, ", err))) == (2, True)


def test_run_and_plan_take_a_library_too(lint, capsys):
    lint("a.yaml", a=CALLER, lib__t=TEMPLATE)
    capsys.readouterr()
    assert run(["plan", "a.yaml"]) == 2
    assert run(["plan", "a.yaml", "--library", "lib"]) == 0
    assert "lib" in capsys.readouterr().out
    assert run(["run", "a.yaml", "--library", "lib", "--runtime", "fake", "--plain"]) == 0


BOMB = "a: &a [x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 8)}]\n"
    for old, new in zip("abcdefg", "bcdefgh", strict=True)
)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x1f\x8b\x08\x00" + bytes(range(256)) * 9, "this looks like a binary file"),
        (b"\x00\x01\x02" * 99, "this looks like a binary file"),
        (GOOD.encode("utf-16"), "the file is UTF-16"),
        (GOOD.replace("image: x", "image: \xe9").encode("latin-1"), "is not UTF-8"),
        (BOMB.encode(), "an anchor that repeats itself is the usual cause"),
        (b"a: &a {b: *a}\n", "anchor 'a' value contains itself"),
        (b"a: &a\n  <<: *a\n", "anchor 'a' value contains itself"),
        (b"[" * 99_999, "nested more than 200 levels deep"),
        (b"", "there is nothing to lint"),
        (b"---\n---\n# nothing\n", "there is nothing to lint"),
        (GOOD.encode() + b"# " + b"x" * (50 << 20), "larger than 16 MiB, which no manifest is"),
    ],
    ids=["gzip", "zeros", "utf-16", "latin-1", "bomb", "cycle", "merged cycle", "deep", "empty",
         "comments", "50 MB"],
)  # fmt: skip
def test_what_is_no_manifest_is_one_message(lint, tmp_path, content, said):
    (tmp_path / "w.yaml").write_bytes(content)
    code, out, err = lint("w.yaml")
    assert code == 2
    told = " ".join((out + err).split())
    assert said in told
    assert out.startswith("w.yaml: 1 problem\n") != bool(err)
    assert len(out + err) < 1000


def test_a_binary_file_is_not_shown(lint, tmp_path):
    (tmp_path / "w.yaml").write_bytes(bytes(range(256)) * 9)
    _, out, _ = lint("w.yaml")
    assert " │ " not in out


def test_a_folder_without_manifests_and_a_name_that_is_not_there_are_said(lint, tmp_path):
    (tmp_path / "folder").mkdir()
    for name, said in (("folder", "no .yaml, .yml, .json files in this folder"),
                       ("gone.yaml", "no such file or folder")):  # fmt: skip
        assert lint(name) == (2, "", f"argotui: {name}: {said}\n")


def test_ten_thousand_templates_are_looked_at_in_time(lint):
    import time

    many = "".join(f"- {{name: t{i}, container: {{image: x}}}}\n" for i in range(10_000))
    begun = time.process_time()
    code, out, _ = lint("w.yaml", "--strict", w=document(f"entrypoint: t0\ntemplates:\n{many}"))
    assert time.process_time() - begun < 30  # seconds; about one and a half
    assert code == 2
    assert "Too many: 10000: must have at most 200 items" in out


def test_on_a_screen_nothing_is_wider_than_it(lint, monkeypatch):
    monkeypatch.setattr("argotui.cli.lint.columns", lambda _: 60)
    _, out, _ = lint("w.yaml", w=CALLER.replace("arguments", "argumnets"))
    assert "→ did you mean 'arguments'?" in out
    assert max(map(len, out.splitlines())) <= 60
