"""`cowsay` as images for demonstration have it: a balloon, and below it who says so.

Copied beside the cowsay package, whose figures it draws, and run as a program in the sandbox.
"""

from __future__ import annotations

import sys
import textwrap

WIDTH = 40
WHALE = r"""
    \
     \        .-------.
      \     .'  [] [] '.     __
           / [] [] [] [] \___/ /
          |   o               /
   ~~ ~~~ \  `--.          .'~~~ ~~~
     ~~~~~~'-.___________.-'~~~~~~
"""


def balloon(text: str, width: int = WIDTH) -> str:
    """Return the text in a balloon, wrapped at `width` characters; 0 wraps nothing."""
    lines: list[str] = []
    for line in text.expandtabs().split("\n"):
        lines += textwrap.wrap(line, width) or [""] if width else [line]
    widest = max(len(line) for line in lines)
    rows = [line.ljust(widest) for line in lines]
    if len(rows) == 1:
        framed = [f"< {rows[0]} >"]
    else:
        inner = [f"| {row} |" for row in rows[1:-1]]
        framed = [f"/ {rows[0]} \\", *inner, f"\\ {rows[-1]} /"]
    return "\n".join([" " + "_" * (widest + 2) + " ", *framed, " " + "-" * (widest + 2) + " "])


def figure(name: str) -> str | None:
    """Return a figure by its name, None if nobody is called so."""
    if name in ("default", "docker", "whale"):
        return WHALE.strip("\n")
    try:
        from cowsay import CHARS
    except ImportError:
        return None
    found = CHARS.get(name.removesuffix(".cow"))
    return "\n".join(f"       {line}" for line in found.strip("\n").split("\n")) if found else None


def main(words: list[str]) -> int:
    """Understand `cowsay [-f FIGURE] [-W WIDTH] [-n] [TEXT...]`; no text: read it from stdin."""
    name, width = "default", WIDTH
    while words and words[0].startswith("-") and words[0] != "-":
        option = words.pop(0)
        if option == "--":
            break
        if option == "-f" and words:
            name = words.pop(0)
        elif option == "-W" and words and words[0].isdigit():
            width = int(words.pop(0))
        elif option == "-n":
            width = 0
    drawn = figure(name)
    if drawn is None:
        print(f"cowsay: Could not find {name} cowfile!", file=sys.stderr)
        return 2
    text = " ".join(words) if words else sys.stdin.read().rstrip("\n")
    print(balloon(text, width), drawn, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
