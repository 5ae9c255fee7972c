"""The settings file: one clear message for a bad one, remembered choices kept in it."""

import pytest

from argotui.cli.config import load_config, remember
from argotui.journal.keeping import Keeping
from argotui.model.errors import UsageError


@pytest.fixture
def file(tmp_path, monkeypatch):
    path = tmp_path / "config.toml"
    monkeypatch.setenv("ARGOTUI_CONFIG", str(path))
    return path


def test_everything_is_read(file):
    file.write_text(
        'parallel = 3\n[images."reg/x:*"]\npath = "/opt/x"\n'
        '[remember]\nno-sandbox = true\n"cluster a/b" = "local"\n'
    )
    config = load_config()
    assert config.parallel == 3
    assert dict(config.images) == {"reg/x:*": {"path": "/opt/x"}}
    assert config.no_sandbox
    assert config.clusters == {"a/b": "local"}


def test_how_long_ended_runs_are_kept(file):
    file.write_text("")
    assert load_config().keeping == Keeping()
    file.write_text('keep_runs = "7d"')
    assert load_config().keeping == Keeping(default=7 * 86400)
    file.write_text('keep_runs = "forever"')
    assert load_config().keeping == Keeping(forever=True)


def test_no_file_is_no_fault_where_none_was_named(tmp_path, monkeypatch):
    monkeypatch.delenv("ARGOTUI_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load_config().parallel is None


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("parallel = \n", 1, "Invalid value"),
        ("\n\nparalel = 3\n", 3, "unknown setting 'paralel'"),
        ("# hi\nparallel = 'x'\n", 2, "'parallel' must be a whole number"),
        ("parallel = true\n", 1, "'parallel' must be a whole number"),
        ("parallel = 0\n", 1, "at least 1"),
        ("keep_runs = 'a while'\n", 1, "'keep_runs' must be a time such as"),
        ("[images]\na = {}\nc = 3\n", 3, "'c': must be a table"),
        ("[images.a]\n[images.'c:*']\nx = 3\n", 2, "'c:*': unknown setting 'x'"),
        ("[images.a]\ncommand = [1]\n", 1, "'command' must be a text"),
        ("[remember]\nno-sandbox = 'yes'\n", 2, "'no-sandbox'"),
        ("[remember]\n'cluster a/b' = 'moon'\n", 2, "'cluster a/b' must be one of"),
        ("images = 3\n", 1, "'images' must be a table"),
        ('x = """\n', 1, "Unterminated string"),
    ],
)
def test_a_bad_file_is_one_message_with_its_line(file, text, line, what):
    file.write_text(text)
    with pytest.raises(UsageError) as caught:
        load_config()
    message = str(caught.value)
    assert message.startswith(f"{file}:{line}: ")
    assert what in message
    assert "\n" not in message


def test_a_file_that_was_named_must_exist(file):
    with pytest.raises(UsageError, match="no such file"):
        load_config()


def test_bytes_that_are_no_text_are_one_message(file):
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="cannot be read"):
        load_config()


def test_a_choice_is_remembered_and_the_rest_stays(file):
    file.write_text('# mine\nparallel = 2\n[images.a]\npath = "b"\n')
    remember("no-sandbox", value=True)
    remember("cluster a/b", value="local")
    remember("no-sandbox", value=False)
    config = load_config()
    assert (config.parallel, config.no_sandbox, config.clusters) == (2, False, {"a/b": "local"})
    assert file.read_text().startswith("# mine\n")
    assert file.read_text().count("no-sandbox") == 1


def test_the_first_choice_makes_the_file(file):
    remember("no-sandbox", value=True)
    assert load_config().no_sandbox
