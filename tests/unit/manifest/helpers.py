"""What the tests of the manifest room share: short ways to write and to read manifests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from argotui.manifest.check import check
from argotui.manifest.load import Loaded, load
from argotui.manifest.resolve import resolve
from argotui.model.workflow import ResolvedWorkflow

HEAD = "apiVersion: argoproj.io/v1alpha1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec:\n"


def document(spec: str, *, kind: str = "Workflow", name: str = "w") -> str:
    """Return a document whose spec is the given YAML, which is indented by two blanks."""
    lines = "".join(f"  {line}\n" for line in spec.strip("\n").split("\n"))
    return HEAD.format(kind=kind, name=name) + lines


def templates(*given: str, head: str = "") -> str:
    """Return a Workflow of templates in flow style; the first one is the entrypoint."""
    first = given[0].split("name: ", 1)[1].split(",")[0].split("}")[0].strip()
    body = "\n".join(f"- {template}" for template in given)
    return document(f"entrypoint: {first}\n{head}templates:\n{body}")


def loaded(*texts: str, strict: bool = False) -> Loaded:
    return load(((f"f{i}.yaml", text) for i, text in enumerate(texts)), strict=strict)


def resolved(*texts: str, strict: bool = False, **options: object) -> ResolvedWorkflow:
    library = loaded(*texts, strict=strict)
    return resolve(library.workflows[0], library, strict=strict, **options)


def problems(*texts: str, strict: bool = False) -> list[str]:
    """Return every problem of the first Workflow, as one-line text without the file's name."""
    library = loaded(*texts, strict=strict)
    found = check(library.workflows[0], library, strict=strict)
    return [str(problem).removeprefix("f0.yaml:") for problem in found]


def errors(*texts: str, strict: bool = False) -> list[str]:
    return [text for text in problems(*texts, strict=strict) if "warning[" not in text]


def shared(folder: str, variable: str) -> Path:
    """Return a folder of recordings that lie beside the repository; skip without it."""
    root = Path(__file__).resolve().parents[3]
    path = Path(os.environ.get(variable, root.parent / "shared" / folder))
    if not path.is_dir():
        pytest.skip(f"no recordings at {path} (set {variable})")
    return path
