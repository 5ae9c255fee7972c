"""The pages say what the program does: keys from the registry, commands and options that exist,
links that lead somewhere, every page found from README, settings taken as they are shown."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from argotui.cli.app import COMMANDS, build
from argotui.cli.config import load_config

ROOT = Path(__file__).parents[2]
OTHERS = [ROOT / "CHANGELOG.md", ROOT / "argotui" / "ARCHITECTURE.md"]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *OTHERS]
MADE = sorted(each.name for each in (ROOT / "docs").glob("*_page.py"))
WIDE = 130
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`(argotui [^`]+)`")
_LINK = re.compile(r"!?\[[^]]*\]\(([^)#]+)[^)]*\)|src=\"([^\"]+)\"")
_ANCHOR = re.compile(r"\]\(([^)#:]*)#([^)]+)\)")


def commands_in(page: Path) -> list[str]:
    """Return every argotui command line that a page shows."""
    text = page.read_text(encoding="utf-8")
    found = [line.strip() for block in _FENCED.findall(text) for line in block.splitlines()]
    found = [re.sub(r"^(- run: |\$ )", "", line).partition(" #")[0].strip() for line in found]
    found += _CODE.findall(_FENCED.sub("", text))
    commands = [re.split(r" [|>] ", line)[0].rstrip("\\ ") for line in found]
    return [line for line in commands if line.startswith("argotui ")]


ALL = [(page.name, line) for page in PAGES for line in commands_in(page)]


@pytest.mark.parametrize("program", ["keys_page.py", "lint_page.py", "expressions_page.py"])
def test_a_page_made_of_code_is_up_to_date(program):
    check = [sys.executable, str(ROOT / "docs" / program), "--check"]
    assert subprocess.run(check, cwd=ROOT, check=False).returncode == 0, "run `make docs`"


def test_make_docs_makes_all_pages_that_are_made():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert [name for name in MADE if f"docs/{name}" not in makefile] == []


def test_every_page_is_reached_from_readme():
    seen, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page.suffix != ".md" or page in seen or not page.is_file():
            continue
        seen.add(page)
        links = [link or source for link, source in _LINK.findall(page.read_text(encoding="utf-8"))]
        ahead += [(page.parent / link).resolve() for link in links if ":" not in link]
    assert [page.name for page in PAGES if page not in seen] == []


def test_readme_begins_with_the_two_commands():
    block = _FENCED.findall((ROOT / "README.md").read_text(encoding="utf-8"))[0]
    assert [line.split()[:2] for line in block.splitlines()[1:3]] == [
        ["make", "demo"],
        ["make", "test"],
    ]


def test_the_settings_that_are_shown_are_taken(tmp_path, monkeypatch):
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    shown = re.search(r"```toml\n(.*?)```", page, re.DOTALL)
    assert shown is not None
    for name in ("common", "argo"):
        (tmp_path / name).mkdir()
    file = tmp_path / "config.toml"
    file.write_text(re.sub(r"^# (library = )", r"\1", shown[1], flags=re.MULTILINE))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("ARGOTUI_CONFIG", str(file))
    config = load_config()
    assert len(config.library) == 2
    assert config.clusters
    assert config.no_sandbox


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_lines_are_no_wider_than_an_editor(page):
    if f"{page.stem}_page.py" in MADE:
        pytest.skip("made from the code")
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    wide = [line[:60] for line in text.splitlines() if len(line) > WIDE and line[0] not in "|<"]
    assert wide == []


def test_there_are_commands_to_be_checked():
    assert len(ALL) > 30


@pytest.mark.parametrize(("page", "line"), ALL)
def test_a_command_in_the_docs_exists_with_its_options(page, line):
    words = shlex.split(line)[1:]
    if words[0].startswith("-"):
        assert words[0] in ("--version", "--help", "--install-completion")
        return
    assert words[0] in COMMANDS, f"{page}: {line}"
    root = typer.main.get_command(build(words[0]))
    command = root.commands[words[0]]
    known = {option for each in command.params for option in (*each.opts, *each.secondary_opts)}
    known |= {"--help", "-h"}
    for word in words[1:]:
        if word.startswith("-") and word != "-":
            assert word.partition("=")[0] in known, f"{page}: {line}: {word}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_files_that_are_named_are_there(page):
    text = page.read_text(encoding="utf-8")
    for link, source in _LINK.findall(text):
        target = link or source
        if not target.startswith(("http:", "https:", "mailto:")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
    for name in re.findall(r"sample_workflows/[\w/.-]+", text):
        assert (ROOT / name.rstrip(".")).exists(), f"{page.name}: {name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_headings_that_links_name_are_there(page):
    for target, anchor in _ANCHOR.findall(_FENCED.sub("", page.read_text(encoding="utf-8"))):
        other = (page.parent / target) if target else page
        heads = re.findall(r"^#+ (.+)$", other.read_text(encoding="utf-8"), re.MULTILINE)
        names = {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}
        assert anchor in names, f"{page.name}: {target}#{anchor}"
