"""The words of the sidecar that has the files of a container which nobody wraps; pure.

Called by beside. It speaks as the shim does: message.py reads it, held.py reads what it holds.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from argotui.runtimes.kubernetes.script import ENCODE, Wrap, outputs_text

BESIDE = "argotui-beside"
BUSYBOX = "/bin/busybox"  # of its image
ROOT = "/argotui/main"  # where it sees what main sees at /
_MESSAGE = "/dev/termination-log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """`files` and `progress` are paths of main, `places` the folders and files of main that are
    mounted below `root`."""

    nonce: str
    home: str
    files: tuple[str, ...]
    places: tuple[str, ...]
    progress: str = ""
    hold_seconds: int = 600
    root: str = ROOT
    tools: str = BUSYBOX
    message: str = _MESSAGE


def beside_text(beside: Beside) -> str:
    """Return the script: it does nothing until it is told to end, which is when the mains have."""
    keys = [str(number) for number in range(len(beside.files))]
    wrap = Wrap(
        name=BESIDE,
        nonce=beside.nonce,
        home=beside.home,
        message=beside.message,
        tools=beside.tools,
        files=tuple(f"$D/{key}" for key in keys),
        progress=bool(beside.progress),
        hold_seconds=beside.hold_seconds,
    )
    links = [*zip(keys, beside.files, strict=True)]
    if beside.progress:
        links.append(("progress", beside.progress))
    parts = [
        _HEAD.replace("@PLACES@", " ".join(shlex.quote(each) for each in beside.places))
        .replace("@MESSAGE@", shlex.quote(wrap.message))
        .replace("@TOOLS@", shlex.quote(wrap.tools))
        .replace("@ROOT@", shlex.quote(beside.root))
        .replace("@D@", shlex.quote(f"{wrap.home}/ctr/{BESIDE}")),
        *(f"link {key} {shlex.quote(path)}" for key, path in links),
        ENCODE,
        "r=0",
        outputs_text(wrap),
        _WAIT.replace("@TOOLS@", shlex.quote(wrap.tools)),
    ]
    return "\n".join(part.strip("\n") for part in parts)


# Links are followed as main sees them, by hand: what is not shared must not be looked for among
# the sidecar's own files. There it is a link to a device, which is no regular file.
_HEAD = """
hand() {
trap '' TERM
T=@TOOLS@; D=@D@; M=@MESSAGE@; R=@ROOT@
exec 2>/dev/null
u=$(umask); umask 0; $T rm -rf $D; $T mkdir -p $D; umask $u
link() {
  p=$2/; f=; n=0
  while [ -n "$p" ]; do
    h=${p%%/*}; p=${p#*/}
    case "$h" in ''|.) continue;; ..) f=${f%/*}; continue;; esac
    if [ -L "$R$f/$h" ] && [ $n -lt 40 ]; then
      n=$((n+1)); l=$($T readlink "$R$f/$h"); p=$l/$p
      case "$l" in /*) f=;; esac
    else
      f=$f/$h
    fi
  done
  w=/dev/null
  for m in @PLACES@; do case "$f/" in "$m"/*) w=$R$f;; esac; done
  $T ln -s "$w" "$D/$1"
}
"""

_WAIT = """
}
trap hand TERM
while :; do @TOOLS@ sleep 86400 & wait $!; done
"""
