"""The pages say what the program does: keys from the registry, commands and options that exist,
links that lead somewhere."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from argotui.cli.app import COMMANDS, build

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`(argotui [^`]+)`")
_LINK = re.compile(r"!?\[[^]]*\]\(([^)#]+)[^)]*\)|src=\"([^\"]+)\"")


def commands_in(page: Path) -> list[str]:
    """Return every argotui command line that a page shows."""
    text = page.read_text(encoding="utf-8")
    found = [line.strip() for block in _FENCED.findall(text) for line in block.splitlines()]
    found = [re.sub(r"^(- run: |\$ )", "", line).partition(" #")[0].strip() for line in found]
    found += _CODE.findall(_FENCED.sub("", text))
    commands = [re.split(r" [|>] ", line)[0].rstrip("\\ ") for line in found]
    return [line for line in commands if line.startswith("argotui ")]


ALL = [(page.name, line) for page in PAGES for line in commands_in(page)]


@pytest.mark.parametrize("program", ["keys_page.py", "expressions_page.py"])
def test_a_page_made_of_code_is_up_to_date(program):
    check = [sys.executable, str(ROOT / "docs" / program), "--check"]
    assert subprocess.run(check, cwd=ROOT, check=False).returncode == 0, "run `make docs`"


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
