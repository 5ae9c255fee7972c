"""Whatever is handed in, the answer is a clear message and exit code 2; never a traceback."""

import pytest

from argotui.cli.app import run

from .conftest import Done
from .manifests import HELLO

TWO = HELLO + "\n---" + HELLO.replace("hello-", "other-")
FINE_FOR_LINT = ("two workflows", "no name")  # only a run has to choose, and to be named
BAD = {
    "empty": "",
    "blank": "\n\n# nothing\n",
    "scalar": "just text",
    "list": "- a\n- b\n",
    "number": "42",
    "unclosed": "a: [1, 2\nb: 3\n",
    "tab": "a:\n\tb: 1\n",
    "binary": b"\x7fELF\x02\x01\x01\x00\xff\xfe\x00\x80" * 20,
    "nul": b"kind: Workflow\x00\n",
    "latin1": "kind: W\xf6rkflow\n".encode("latin-1"),
    "no kind": "apiVersion: argoproj.io/v1alpha1\nmetadata: {name: x}\n",
    "other kind": "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n",
    "duplicate key": HELLO.replace("  entrypoint: main", "  entrypoint: main\n  entrypoint: x"),
    "no entrypoint": HELLO.replace("  entrypoint: main\n", ""),
    "unknown template": HELLO.replace("template: say", "template: sai", 1),
    "wrong type": HELLO.replace("entrypoint: main", "entrypoint: [main]"),
    "unknown variable": HELLO.replace("{{steps.a.outputs.result}}", "{{steps.z.outputs.result}}"),
    "two workflows": TWO,
    "no name": HELLO.replace("{generateName: hello-}", "{}"),
    "anchor bomb": "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
    + "".join(
        f"{name}: &{name} [{','.join([f'*{before}'] * 10)}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    ),
    "deep": "a: " + "[" * 5000 + "]" * 5000,
    "many problems": HELLO.replace("template: say", "template: nope"),
}


@pytest.fixture
def here(tmp_path, monkeypatch, capfd):
    """Carry out a command line in this process: it is the same code, without the start-up."""
    monkeypatch.setenv("ARGOTUI_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.delenv("ARGOTUI_DEBUG", raising=False)

    def carry_out(*arguments: str) -> Done:
        code = run(arguments)
        shown = capfd.readouterr()
        return Done(code, shown.out, shown.err)

    return carry_out


@pytest.fixture
def bad(request, tmp_path):
    text = BAD[request.param]
    path = tmp_path / "bad.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


@pytest.mark.parametrize("bad", BAD, indirect=True)
def test_a_bad_manifest_is_told_clearly(here, bad, tmp_path):
    done = here("run", "--plain", "--runtime", "local", bad)
    assert done.code == 2, done.out + done.err
    assert done.out == ""
    assert "bad.yaml" in done.err
    assert "Traceback" not in done.err
    assert "unexpected" not in done.err
    assert len(done.err) < 4000
    assert not (tmp_path / "state" / "runs").exists()


@pytest.mark.parametrize("bad", [n for n in BAD if n not in FINE_FOR_LINT], indirect=True)
def test_lint_refuses_the_same(here, bad):
    done = here("lint", bad)
    assert done.code == 2, done.out + done.err
    assert "Traceback" not in done.err


def test_a_bad_manifest_is_told_by_the_real_program_too(argotui, write):
    done = argotui.run("--plain", write(BAD["unclosed"], "bad.yaml"))
    assert done.code == 2
    assert "bad.yaml" in done.err
    assert "Traceback" not in done.err


def test_problems_have_their_place_and_an_excerpt(argotui, write):
    done = argotui.run("--plain", write(BAD["unknown template"]))
    assert "'sai'" in done.err
    assert "did you mean" in done.err
    assert "^^^" in done.err
    simple = argotui("lint", "-o", "simple", write(BAD["unknown template"]))
    assert simple.out.split(": ")[0].count(":") == 2  # file:line:column


def test_several_workflows_are_named_and_one_can_be_chosen(argotui, write):
    refused = argotui.run("--plain", write(TWO))
    assert "hello-, other-" in refused.err
    assert "--workflow" in refused.err
    chosen = argotui.run("--plain", "--workflow", "other-", write(TWO))
    assert chosen.code == 0, chosen.err
    assert "other-" in chosen.out


def test_an_unknown_parameter_file_value_and_name(argotui, write):
    assert argotui.run("-p", "novalue", write(HELLO)).code == 2
    assert argotui.run("-f", "/nowhere.yaml", write(HELLO)).code == 2
    parameters = write("who: [1, two]\n", "p.yaml")
    done = argotui.run("--plain", "-f", parameters, write(HELLO))
    assert done.code == 0, done.err
    assert 'a: hello [1,"two"]' in done.out


def test_a_name_of_ones_own(argotui, write):
    assert argotui.run("--plain", "--name", "mine", write(HELLO)).code == 0
    assert argotui.runs()[0]["workflow"] == "mine"
    done = argotui.run("--plain", "--generate-name", "yours-", write(HELLO))
    assert done.code == 0
    assert argotui.runs()[0]["workflow"].startswith("yours-")


def test_a_bad_settings_file_is_one_message(argotui, write):
    (argotui.folder / "argotui").mkdir()
    (argotui.folder / "argotui" / "config.toml").write_text("\nparalel = 3\n")
    done = argotui.run("--plain", write(HELLO))
    assert done.code == 2
    assert "config.toml:2: unknown setting 'paralel'" in done.err
