"""The words of the shell around a command: POSIX, for dash, ash and bash alike; pure.

Called by shim and beside. What it says at its end is read by message.py, what it holds by hold.py.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from argotui.runtimes.kubernetes.retries import Tries

FILE_MAX = 100 << 20  # bytes of one file
RESULT_MAX = 256 << 10  # bytes of a result: its end (Argo: 2.7)
INLINE_MAX = 2800  # bytes of all outputs that fit in 4096 as base64, with what stands around them
_INLINE_HEX = 1800  # the same where each byte takes two
_AROUND = 8  # bytes counted for what stands around each output
MAGIC = "argotui1"
MARK = "\x1eargotui"  # begins a word of ours in the log, in the middle of a line or not

_TURNS_A_SECOND = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrap:
    """What the shim of one container does. `files` are the paths to be read, `after` the
    containers that must have ended, `tools` a busybox where the image has no shell."""

    name: str
    nonce: str
    home: str
    message: str
    tools: str = ""
    captures: bool = False
    files: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    is_ordered: bool = False
    tries: Tries | None = None
    progress: bool = False
    hold_seconds: int = 600


def shim_text(wrap: Wrap) -> str:
    """Return the script; its arguments are the command of the container."""
    parts = [_head(wrap), ENCODE, _DONE, _LEAVE]
    if wrap.after:
        parts.append(_AFTER.replace("@AFTER@", " ".join(wrap.after)))
    parts += [_LOOKUP, _FORWARD, _run(wrap), outputs_text(wrap)]
    return "\n".join(part.strip("\n") for part in parts)


def sidecar_text(wrap: Wrap) -> str:
    """Return a script that runs its command once, whatever becomes of the container, and stays
    when it has ended, until it is told to end: then it ends with the command's exit code.

    A native sidecar that ends is started again; in Argo one that has ended is over.
    """
    parts = (_head(wrap), _DONE, _REST, _LOOKUP, _FORWARD, _START.format(out=""), _WAIT, "rest $r")
    return "\n".join(part.strip("\n") for part in parts)


def relay_text(message: str) -> str:
    """Return a script that is process 1 for a command, and hands signals on to it. `message` is
    the file for what is wrong with the command."""
    head = f"M={shlex.quote(message)}\n{_REFUSE}"
    parts = (head, _LOOKUP, _FORWARD, _START.format(out=""), _WAIT, "exit $r")
    return "\n".join(part.strip("\n") for part in parts)


def hold_text(wrap_home: str, container: str, tools: str) -> str:
    """Return what is run beside a held container: it prints each held file, waits, lets go."""
    folder = f"{wrap_home}/ctr/{container}"
    return (
        f'while read -r k s f; do printf \'%s %s\\n\' "$k" "$s"; {tools} head -c "$s" "$f"; '
        f"done < {folder}/held; printf 'end 0\\n'; read -r ok; : > {folder}/ack"
    ).replace("  ", " ")


def _head(wrap: Wrap) -> str:
    return f"""
T={shlex.quote(wrap.tools)}; H={wrap.home}; D=$H/ctr/{wrap.name}; M={shlex.quote(wrap.message)}
u=$(umask); umask 0; $T mkdir -p $D; umask $u
trap 'exit 143' TERM
"""


# base64 nearly everywhere, od where it is not.
ENCODE = """
if : | $T base64 >/dev/null 2>&1; then
  F=b; enc() { $T base64 | $T tr -d '\\n'; }
else
  F=x; enc() { $T od -An -v -tx1 | $T tr -d ' \\n'; }
fi
"""

_DONE = """
done_() { printf '%s %s\\n' "$1" "$2" > $D/e && $T mv $D/e $D/exitcode; }
"""

# leave CODE ORIGIN TEXT: end without having run the command.
_LEAVE = """
leave() {
  printf '%s%s c=%s t=+%s' argotui1 $F "$1" "$(printf %s "$3" | enc)" > "$M"
  done_ "$1" "$2"; exit "$1"
}
"""

_REFUSE = """
leave() { printf %s "$3" > "$M"; exit "$1"; }
"""

# rest CODE: say it, and wait to be told to end, unless that was said already. A container that was
# begun before does not run again; one that was killed as a whole had no time to say its code.
_REST = """
rest() {
  w=; trap "kill \\$w 2>/dev/null; exit $1" HUP INT QUIT TERM USR1 USR2 WINCH
  done_ "$1" "$1"; [ -z "$g" ] || exit "$1"
  while :; do $T sleep 3600 </dev/null >/dev/null 2>&1 9<&- & w=$!; wait $w; done
}
leave() { printf %s "$3" > "$M"; rest "$1"; }
g=
if [ -e $D/began ]; then
  r=137; [ ! -e $D/exitcode ] || read -r r o < $D/exitcode
  rest $r
fi
: > $D/began
"""

_AFTER = """
for a in @AFTER@; do
  while [ ! -e $H/ctr/$a/exitcode ]; do $T sleep 0.05 2>/dev/null || $T sleep 1; done
  read -r n o < $H/ctr/$a/exitcode
  [ "$n" = 0 ] || leave 64 "$o" "dependency \\"$a\\" exited with non-zero code: $o"
done
"""

_LOOKUP = """
case "$1" in
  */*) if [ ! -e "$1" ]; then y="stat $1: no such file or directory"
       elif [ -d "$1" ] || [ ! -x "$1" ]; then y="permission denied"; else y=; fi;;
  *) if command -v "$1" >/dev/null 2>&1; then y=; else y='executable file not found in $PATH'; fi;;
esac
[ -z "$y" ] || leave 64 64 "failed to find name in PATH: exec: \\"$1\\": $y"
"""

# A signal that comes before the command is there is kept for it.
_FORWARD = """
exec 9<&0; c=; g=
for s in HUP INT QUIT TERM USR1 USR2 WINCH; do
  trap "g=$s; [ -z \\"\\$c\\" ] || kill -$s \\$c 2>/dev/null" $s
done
e=; if env --default-signal=INT,QUIT true >/dev/null 2>&1; then
  e='env --default-signal=INT,QUIT'
fi
"""

# A shell ignores INT and QUIT for what it starts in the background; `env` gives them back. Nor does
# it leave it a stdin: by 9 it has the container's.
_START = """
exec $e "$@" <&9 9<&- {out}&
c=$!
[ -z "$g" ] || kill -$g $c 2>/dev/null
"""

# A trap cuts `wait` short: the code that counts is that of the wait nothing came between.
_WAIT = """
r=
while :; do
  k=$g; g=; wait $c 2>/dev/null; n=$?
  if [ $n -ne 127 ] || [ -z "$r" ]; then r=$n; fi
  [ -n "$g" ] || break
done
g=$k$g
"""

_TEE = """
$T rm -f $D/p; $T mkfifo $D/p
$T tee -a $D/stdout < $D/p & t=$!
"""

# Whoever still holds stdout open has two seconds; the end of the command is the end.
_DRAIN = """
( $T sleep 2; kill $t ) >/dev/null 2>&1 & w=$!
wait $t 2>/dev/null; kill $w 2>/dev/null
"""


def _run(wrap: Wrap) -> str:
    pieces = [
        _TEE if wrap.captures else "",
        _START.format(out=">$D/p " if wrap.captures else ""),
        _WAIT,
        "stopped=$stopped$g",
        _DRAIN if wrap.captures else "",
    ]
    once = "\n".join(piece.strip("\n") for piece in pieces if piece)
    tries = wrap.tries
    if tries is None or tries.count == 1:
        return f"stopped=\n{once}"
    wait = f"[ $i -ge {tries.count} ] || {{ $T sleep {tries.wait:g} || $T sleep 1; }} 2>/dev/null"
    return (
        f"stopped=; i=0; r=0\nwhile [ $i -lt {tries.count} ]; do\ni=$((i+1)); c=\n{once}\n"
        f'[ "$r" != 0 ] && [ -z "$stopped" ] || break\n{wait}\ndone'
    )


# look KEY FILE: what can be said of a file; v_KEY is @ for one that can be read.
_LOOK = f"""
z=0; o=
look() {{
  if [ -d "$2" ]; then v=/
  elif [ ! -e "$2" ]; then v=-
  elif [ ! -f "$2" ]; then v='~'
  elif s=$($T wc -c < "$2" 2>/dev/null); then
    s=$((s)); if [ $s -gt {FILE_MAX} ]; then v="!$s"; else z=$((z+s+{_AROUND})); v=@; fi
  else v='?'
  fi
  eval "v_$1=\\$v; s_$1=\\$s"
}}
put() {{
  eval "v=\\$v_$1; s=\\$s_$1"
  if [ "$v" = @ ] && [ -n "$hold" ]; then printf '%s %s %s\\n' "$1" "$s" "$2" >> $D/held
  elif [ "$v" = @ ]; then v="+$(enc < "$2")"
  fi
  o="$o $1=$v"
}}
"""

# Where the code cannot be written nobody hears of it, and who waits for it would wait for ever.
_SAID = """
if ! done_ "$r" "$r" && [ "$r" = 0 ]; then r=64; fi
"""

_HOLD = """
if [ -n "$hold" ]; then
  i=0
  while [ ! -e $D/ack ] && [ -z "$g" ] && [ $i -lt @TURNS@ ]; do
    [ $((i % 10)) != 0 ] || printf '\\036argotui @NONCE@ hold\\n'
    $T sleep 0.1 2>/dev/null || { $T sleep 1; i=$((i+9)); }
    i=$((i+1))
  done
  [ -e $D/ack ] && o="$o h=1" || o="$o h=0"
fi
"""


def outputs_text(wrap: Wrap) -> str:
    """Return how a shim ends: it says what the outputs are, or holds them; the code is in `r`."""
    files = [(str(number), path) for number, path in enumerate(wrap.files)]
    if wrap.captures:
        files.append(("r", "$D/result"))
    if wrap.progress:
        files.append(("p", "$D/progress"))
    parts = ["g=", _LOOK]
    if wrap.captures:
        parts.append(
            f"[ ! -e $D/stdout ] || $T tail -c {RESULT_MAX} $D/stdout > $D/result 2>/dev/null"
        )
    parts += [f"look {key} {_quoted(path)}" for key, path in files]
    parts.append(f"l={INLINE_MAX}; [ $F = b ] || l={_INLINE_HEX}")
    parts.append("hold=; [ $z -le $l ] || hold=1")
    parts += [f"put {key} {_quoted(path)}" for key, path in files]
    parts.append('m=; [ ! -s "$M" ] || [ $z -gt 900 ] || m=" m=+$($T head -c 800 "$M" | enc)"')
    if wrap.is_ordered:
        parts.append(_SAID)
    turns = str(wrap.hold_seconds * _TURNS_A_SECOND)
    parts.append(_HOLD.replace("@NONCE@", wrap.nonce).replace("@TURNS@", turns))
    parts.append('printf \'%s%s c=%s%s%s\' argotui1 $F "$r" "$o" "$m" > "$M"\nexit $r')
    return "\n".join(part.strip("\n") for part in parts)


def _quoted(path: str) -> str:
    return path if path.startswith("$D/") else shlex.quote(path)
