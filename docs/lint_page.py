"""Writes lint.md from the table of warnings that lint itself has: `make docs`.

`python docs/lint_page.py --check` only says whether the page is up to date.
"""

# ruff: noqa: E501
from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from made import made

from argotui.manifest.traps import TRAPS
from argotui.manifest.traps.trap import Trap

PAGE = Path(__file__).parent / "lint.md"
_HEAD = """# Checking manifests

(The list of warnings is made by `make docs` from the tables in argotui/manifest/.)

```
argotui lint workflows/                    # files and folders, all problems at once; - is stdin
argotui lint --strict workflows/           # what the Argo controller refuses is an error
argotui lint --library shared/ wf.yaml     # templates to refer to, which are not looked at themselves
argotui lint --kinds workflows,cronworkflows .
```

Exit code 0: nothing is wrong (there may be warnings); 2: something is, or there was nothing to check; 3: `--context` names a \
cluster that cannot be read.

| `-o` | |
|---|---|
| `pretty` | with the lines that it is about and what to do; as wide as the terminal; the default |
| `simple` | a line a problem: `file:line:column: what; what to do` |
| `json` | one object: `ok`, `errors`, `warnings`, `objects`, `files`, `notes`, and `problems` with `file`, `line`, `column`, \
`severity`, `name`, `subject`, `what`, `hint` |
| `github` | workflow commands, which GitHub shows at the lines of a pull request |
| `sarif` | SARIF 2.1.0, for GitHub's code scanning |

## References

A `templateRef` or `workflowTemplateRef` is looked for in all that was given; then in the folders of `--library` and of `library` \
in the [configuration](configuration.md); then in the manifests beside the one that was given, which is said. Only \
WorkflowTemplates, ClusterWorkflowTemplates and ConfigMaps are taken from there. With `--context NAME` or `-n NAMESPACE` the \
[cluster](kubernetes.md) is asked for what is nowhere else. `run` and `plan` look in the same places.

## Limits of the API server

The numbers that the definitions of Argo's kinds allow (`api-limit` below), more than one location of an artifact, a mode above \
0777: warnings here, errors with `--strict`.

## Warnings

What runs, but seldom as it was meant. A comment on the line, or on one of its own above it, silences a warning there:
`# argotui: ignore[when-unquoted]`; several names are separated by commas, and `# argotui: ignore` silences all.
"""


def page() -> str:
    index = [f"[{name}](#{name})" for name in sorted(TRAPS)]
    return "\n".join([_HEAD, " · ".join(index), "", *lines()])


def lines() -> Iterator[str]:
    for name in sorted(TRAPS):
        yield from _section(name, TRAPS[name])


def _section(name: str, trap: Trap) -> Iterator[str]:
    yield f"### {name}"
    yield ""
    said = " (Told by `lint` only.)" if trap.lint_only else ""
    yield f"{trap.title}. {trap.about}{said}"
    yield ""
    yield "```yaml"
    yield trap.example.rstrip("\n")
    yield "```"
    yield ""


if __name__ == "__main__":
    sys.exit(made(PAGE, page()))
