"""A runtime without a shell that acts the shell texts of author.py: same words, same ends.

Used by stage.py. What a pod prints, writes and how it ends follows from its own manifest, so that
a workflow can be run here and where there is a real shell, and be held against itself.
"""

from __future__ import annotations

import shlex
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from argotui.driver.clock import VirtualClock
from argotui.model.work import (
    ContainerState,
    Observation,
    PodState,
    PodWork,
    Report,
    Work,
    WorkRef,
)
from argotui.runtimes.port import Emit, RunPlace

SCRIPT = "/argo/staging/script"
STOPPED = 143
NOT_RUN = 64
FOREVER = 1e9
LATE = "Pod was active on the node longer than the specified deadline"
MISSING = "open /var/run/argo/outputs/parameters/{}: no such file or directory"


@dataclass
class Acted:
    """What a container made: stdout, stderr, files, seconds of sleep, its exit code."""

    out: str = ""
    aside: str = ""
    code: int = 0
    seconds: float = 0.0
    files: dict[str, str] = field(default_factory=dict)


def act(text: str, files: Mapping[str, str]) -> Acted:
    """Act a shell text of the few words that author.py uses."""
    acted = Acted(files=dict(files))
    for words in statements(text):
        test, other = words, []
        if "||" in words:
            at = words.index("||")
            test, other = words[:at], words[at + 1 :]
        if not _good(test, acted) and other:
            test = other
            _good(test, acted)
        if test[0] == "exit":
            break
    return acted


def statements(text: str) -> Iterator[list[str]]:
    lexer = shlex.shlex(text, posix=True, punctuation_chars=";|>&")
    lexer.whitespace_split, lexer.commenters = True, ""
    for ends, words in groupby(lexer, lambda word: word == ";"):
        if not ends:
            yield list(words)


def _good(words: Sequence[str], acted: Acted) -> bool:
    match words:
        case ["printf", "%s\\n", text]:
            acted.out += f"{text}\n"
        case ["printf", "%s\\n", text, ">", path]:
            acted.files[path] = f"{text}\n"
        case ["printf", "%s\\n", text, ">&", "2"]:
            acted.aside += f"{text}\n"
        case [":"]:
            pass
        case ["cat", path]:
            acted.out += acted.files.get(path, "")
        case ["sleep", seconds]:
            acted.seconds += float(seconds)
        case ["exit", code]:
            acted.code = int(code)
        case ["test", one, "-ge", other]:
            return int(one) >= int(other)
        case ["test", one, "=", other]:
            return one == other
        case _:
            raise AssertionError(f"not in the play: {words}")
    return True


def text_of(work: PodWork, container: Mapping[str, Any]) -> str:
    """Return the shell text of a container."""
    words = [*(container.get("command") or ()), *(container.get("args") or ())]
    if words[-1] == SCRIPT:
        return next(f.content for f in work.stage if f.container == container["name"])
    assert words[:2] == ["sh", "-c"], words
    return str(words[2])


@dataclass
class Played:
    """How a whole pod goes. `states` are its containers at the end."""

    states: tuple[ContainerState, ...]
    seconds: float
    late: bool
    result: str | None  # None: main never ran
    files: Mapping[str, Mapping[str, str]]

    @property
    def failed(self) -> bool:
        return self.late or any(each.exit_code for each in self.states)


def play_of(work: PodWork) -> Played:
    """Act all containers, those that wait for others after them."""
    spec = work.pod["spec"]
    shared: dict[str, str] = {}
    done: dict[str, Acted] = {}
    states: list[ContainerState] = []
    for each in spec.get("initContainers") or ():
        states += [_ended(each["name"], "init", act(text_of(work, each), {}).code)]
    if any(each.exit_code for each in states):
        waiting = (ContainerState(name=each["name"], state="waiting", reason="PodInitializing")
                   for each in spec["containers"])  # fmt: skip
        return Played((*states, *waiting), 0.0, False, None, {})
    containers = {each["name"]: each for each in spec["containers"]}
    for name in sorted(work.mains, key=lambda name: len(_before(work, name))):
        states.append(_main(work, containers[name], done, shared))
    seconds = max(done[name].seconds for name in work.mains)
    late = work.deadline_seconds is not None and seconds > work.deadline_seconds
    if late:
        states = [replace(each, exit_code=STOPPED, reason="Error") for each in states]
    states += [_ended(name, "sidecar", STOPPED) for name in containers if name not in work.mains]
    return Played(
        states=tuple(states),
        seconds=work.deadline_seconds or 0.0 if late else seconds,
        late=late,
        result=_printed(done.get("main")),
        files={name: acted.files for name, acted in done.items()},
    )


def _main(
    work: PodWork, container: Mapping[str, Any], done: dict[str, Acted], shared: dict[str, str]
) -> ContainerState:
    name = container["name"]
    for need in work.order.get(name, ()):
        if done[need].code:
            done[name] = Acted(code=NOT_RUN)
            first = _first_code(done, work.order, need)
            why = f'dependency "{need}" exited with non-zero code: {first}'
            return _ended(name, "main", NOT_RUN, message=why)
    done[name] = act(text_of(work, container), shared)
    shared |= done[name].files
    return _ended(name, "main", done[name].code)


def _printed(main: Acted | None) -> str | None:
    if main is None or main.code == NOT_RUN:
        return None
    return main.out.removesuffix("\n")


def _first_code(done: Mapping[str, Acted], order: Mapping[str, tuple[str, ...]], name: str) -> int:
    for need in order.get(name, ()):
        if done[need].code:
            return _first_code(done, order, need)
    return done[name].code


def _before(work: PodWork, name: str) -> set[str]:
    needs = set(work.order.get(name, ()))
    return needs.union(*(_before(work, need) for need in needs))


def _ended(name: str, kind: str, code: int, message: str = "") -> ContainerState:
    reason = "Error" if code else "Completed"
    return ContainerState(
        name=name, kind=kind, state="terminated", exit_code=code, reason=reason, message=message
    )


class Acting:
    """Fills runtimes/port. Pods outlive their driver, as real ones do. `seed` decides how long
    each piece of work waits and runs beyond its sleeps; `starts` counts what was really begun."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.clock = VirtualClock()
        self.starts: Counter[str] = Counter()
        self.works: dict[WorkRef, PodWork] = {}
        self.reports: dict[WorkRef, Report] = {}
        self.deaf = False  # the driver that calls has died and only unwinds
        self._due: dict[WorkRef, float] = {}
        self._emit: Emit | None = None

    @property
    def performs(self) -> tuple[type[Work], ...]:
        return (PodWork,)

    @property
    def where(self) -> str:
        return "acted"

    async def open(self, place: RunPlace, emit: Emit) -> None:
        self._emit, self.deaf = emit, False
        for ref in list(self.reports):
            self._tell(ref)
            self._go_on(ref)

    async def start(self, ref: WorkRef, work: Work) -> None:
        assert isinstance(work, PodWork)
        if ref in self.works or self.deaf:
            return
        self.starts[ref.key] += 1
        self.works[ref] = work
        self._due[ref] = self.clock.now() + self._chance(ref, "wait")
        self._say(ref, Report(state=PodState.PENDING))
        self._go_on(ref)

    async def stop(self, ref: WorkRef, grace: float) -> None:
        if not self.deaf:
            self.clock.after(0.0, lambda: self._stopped(ref))

    async def release(self, ref: WorkRef) -> None:
        if not self.deaf and ref in self.reports and self.reports[ref].state.has_ended:
            del self.reports[ref]

    async def close(self, *, keep_running: bool = False) -> None:
        self._emit = None
        if not keep_running and not self.deaf:
            self.reports.clear()

    def _chance(self, ref: WorkRef, what: str) -> float:
        """Up to three quarters of a second, the same for this node in every run of this seed."""
        where = ref.node_name.partition(".")[2] if "." in ref.node_name else ""
        return (zlib.crc32(f"{self.seed} {where} {what}".encode()) % 16) * 0.05

    def _go_on(self, ref: WorkRef) -> None:
        report = self.reports.get(ref)
        if report is None or report.state.has_ended:
            return
        step = self._end if report.state is PodState.RUNNING else self._run
        self.clock.call_at(self._due[ref], lambda: step(ref))

    def _run(self, ref: WorkRef) -> None:
        if not self._is(ref, PodState.PENDING):
            return
        work = self.works[ref]
        played = play_of(work)
        now = self.clock.now()
        self._due[ref] = now + played.seconds + self._chance(ref, "run")
        if played.states and played.states[0].kind == "init" and played.states[0].exit_code:
            self._due[ref] = now
        up = tuple(
            ContainerState(name=each.name, kind=each.kind, state="running", ready=True)
            for each in played.states
            if each.kind != "init"
        )
        report = Report(state=PodState.RUNNING, containers=up, pod_ip="10.0.0.1", started_at=now)
        self._say(ref, report)
        self._go_on(ref)

    def _end(self, ref: WorkRef) -> None:
        if not self._is(ref, PodState.RUNNING):
            return
        work, played = self.works[ref], play_of(self.works[ref])
        values, errors = collected(work, played)
        self._say(
            ref,
            Report(
                state=PodState.FAILED if played.failed or errors else PodState.SUCCEEDED,
                containers=played.states,
                reason="DeadlineExceeded" if played.late else "",
                message=LATE if played.late else "",
                parameters=values,
                collect_errors=errors,
                result=played.result if work.capture_result else None,
                finished_at=self.clock.now(),
            ),
        )

    def _stopped(self, ref: WorkRef) -> None:
        report = self.reports.get(ref)
        if report is None or report.state.has_ended:
            return
        names = [each.name for each in report.containers] or list(self.works[ref].mains)
        ended = tuple(_ended(name, "main", STOPPED) for name in names)
        now = self.clock.now()
        self._say(ref, Report(state=PodState.FAILED, containers=ended, finished_at=now))

    def _is(self, ref: WorkRef, state: PodState) -> bool:
        report = self.reports.get(ref)
        return self._emit is not None and report is not None and report.state is state

    def _say(self, ref: WorkRef, report: Report) -> None:
        self.reports[ref] = report
        self._tell(ref)

    def _tell(self, ref: WorkRef) -> None:
        if self._emit is not None:
            self._emit(Observation(ref=ref, report=self.reports[ref], at=self.clock.now()))


def collected(work: PodWork, played: Played) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the output parameters that are read from files, and what is missing."""
    values: dict[str, str] = {}
    errors: list[str] = []
    for each in work.collect:
        found = played.files.get(each.container, {}).get(each.path)
        if found is not None:
            values[each.name] = found.removesuffix("\n")
        elif each.default is not None:
            values[each.name] = each.default
        else:
            errors.append(MISSING.format(each.path.lstrip("/")))
    return values, tuple(errors)
