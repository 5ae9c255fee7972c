"""Run folders: torn tails, damage, full disks, two drivers, dead owners."""

from __future__ import annotations

import errno
import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import ClassVar

import pytest

from argotui.journal.header import RunHeader, read_header, write_header
from argotui.journal.lock import is_locked, lock_owner, take_lock
from argotui.journal.store import (
    JOURNAL,
    LOCK,
    DiskFile,
    create,
    new_run_id,
    open_run,
    read_records,
    read_state,
)
from argotui.model.changes import Change, Linked, NodeCreated, NodePatched, Remembered, Step
from argotui.model.errors import EngineBug, RuntimeFault
from argotui.model.fold import fold
from argotui.model.status import Node, NodePhase, NodeType
from tests.waiting import until_sync

HEADER = RunHeader(run_id="r1", workflow_name="wf", created=100.0)


def steps(count: int) -> list[Step]:
    found = []
    for number in range(count):
        name = f"w.{number}"
        node = Node(
            name=name, id=f"i{number}", display_name=name, type=NodeType.POD,
            phase=NodePhase.PENDING,
        )  # fmt: skip
        changes: tuple[Change, ...] = (
            NodeCreated(node=node),
            Linked(parent="w", child=name),
            NodePatched(name=name, fields={"phase": NodePhase.RUNNING, "message": "é\n"}),
        )
        found.append(Step(at=float(number), cause=f"work-{number}", changes=changes))
    return found


def folded(count: int):
    """The state after so many steps; made anew, since folding keeps the nodes it is given."""
    return fold(change for step in steps(count) for change in step.changes)


def written(runs: Path, count: int) -> Path:
    journal = create(runs, HEADER)
    journal.append(steps(count))
    journal.close()
    return journal.folder


def test_what_is_appended_is_folded_again(tmp_path: Path):
    folder = written(tmp_path, 5)
    journal, state = open_run(folder)
    assert state == folded(5)
    assert (journal.seq, journal.at, journal.header) == (5, 4.0, read_header(folder))
    journal.append([Step(at=9.0, changes=(Remembered(key="k", value=1),))])
    journal.close()
    assert read_state(folder).seq == 6
    assert read_state(folder).state.memory == {"k": 1}
    assert read_state(folder, upto=3).state == folded(3)
    assert read_state(folder, upto=0).state == folded(0)


def test_lines_after_a_number_are_found_without_reading_the_rest(tmp_path: Path):
    journal = create(tmp_path, HEADER)
    journal.append(steps(10))
    lines = journal.lines(7, 1 << 20)
    assert [journal.read(line).seq for line in lines] == [8, 9, 10]
    assert [journal.read(line).seq for line in journal.lines(0, 1)] == [1]
    assert journal.lines(10, 1 << 20) == []
    journal.close()
    again, _ = open_run(tmp_path / "r1")
    assert again.lines(7, 1 << 20) == lines
    again.close()


def test_everything_is_private(tmp_path: Path):
    folder = written(tmp_path, 1)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in folder.iterdir():
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path


def test_a_tail_torn_at_any_byte_is_cut_off(tmp_path: Path):
    folder = written(tmp_path, 3)
    path = folder / JOURNAL
    whole = path.read_bytes()
    ends = [0]
    for line in whole.splitlines(keepends=True):
        ends.append(ends[-1] + len(line))
    for size in range(len(whole) + 1):
        path.write_bytes(whole[:size])
        count = sum(end <= size for end in ends) - 1
        assert read_state(folder).state == folded(count), size
        journal, state = open_run(folder)
        assert (journal.seq, state) == (count, folded(count)), size
        assert path.stat().st_size == ends[count], size
        journal.append([Step(at=1.0, changes=(Remembered(key="k", value=size),))])
        journal.close()
        assert read_state(folder).state.memory == {"k": size}


@pytest.mark.parametrize("tail", [b"\0" * 5000, b"junk\njunk\n", b"\n\n", b'{"n":4'])
def test_junk_behind_the_last_record_is_cut_off(tmp_path: Path, tail: bytes):
    folder = written(tmp_path, 3)
    with open(folder / JOURNAL, "ab") as file:
        file.write(tail)
    journal, state = open_run(folder)
    journal.close()
    assert state == folded(3)


def test_damage_before_the_end_is_refused_and_nothing_is_cut(tmp_path: Path):
    folder = written(tmp_path, 3)
    path = folder / JOURNAL
    bad = path.read_bytes().replace(b"w.1", b"w.X", 1)
    path.write_bytes(bad)
    with pytest.raises(RuntimeFault, match="record 2 is damaged"):
        open_run(folder)
    with pytest.raises(RuntimeFault, match="record 2 is damaged"):
        read_state(folder)
    assert path.read_bytes() == bad
    assert not is_locked(folder / LOCK)  # who failed to open does not keep it


def test_a_missing_record_is_refused(tmp_path: Path):
    folder = written(tmp_path, 3)
    path = folder / JOURNAL
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[2])
    with pytest.raises(RuntimeFault, match="record 2 is missing"):
        open_run(folder)


def test_long_values_are_kept_beside_the_journal(tmp_path: Path):
    journal = create(tmp_path, HEADER)
    text = "long\n" * 30_000
    journal.append([Step(changes=(Remembered(key="k", value=text),))] * 2)
    journal.close()
    folder = journal.folder
    assert (folder / JOURNAL).stat().st_size < 1000
    assert len(list((folder / "blobs").iterdir())) == 1
    assert read_state(folder).state.memory == {"k": text}
    blob = next((folder / "blobs").iterdir())
    blob.write_text("other")
    with pytest.raises(RuntimeFault, match="was altered on disk"):
        read_state(folder)
    blob.unlink()
    with pytest.raises(RuntimeFault, match="is missing"):
        read_state(folder)


class Failing(DiskFile):
    """Fails where told: while writing (half is written), while syncing, and while cutting."""

    where: ClassVar[set[str]] = set()

    def write(self, data: bytes) -> None:
        if "write" in Failing.where:
            super().write(data[: len(data) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        super().write(data)

    def sync(self) -> None:
        if "sync" in Failing.where:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        super().sync()

    def cut(self, size: int) -> None:
        if "cut" in Failing.where:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        super().cut(size)


@pytest.mark.parametrize("where", [{"write"}, {"write", "cut"}, {"sync"}, {"sync", "cut"}])
def test_a_disk_that_fails_loses_nothing_that_was_said(tmp_path: Path, where: set[str]):
    Failing.where = set()
    journal = create(tmp_path, HEADER, open_file=Failing)
    journal.append(steps(2))
    Failing.where = where
    with pytest.raises(RuntimeFault, match="cannot write the journal of run r1"):
        journal.append(steps(4)[2:])
    assert journal.seq == 2
    Failing.where = set()
    with pytest.raises(RuntimeFault, match="closed"):
        journal.append(steps(3)[2:])
    journal.close()
    again, state = open_run(journal.folder)
    again.close()
    assert state in (folded(2), folded(3), folded(4))
    assert "cut" in where or state == folded(2)


def test_two_drivers_at_once_are_one_too_many(tmp_path: Path):
    journal = create(tmp_path, HEADER)
    assert is_locked(journal.folder / LOCK)
    with pytest.raises(RuntimeFault, match=f"already driven by process {os.getpid()}"):
        open_run(journal.folder)
    journal.close()
    journal.close()
    assert not is_locked(journal.folder / LOCK)
    open_run(journal.folder)[0].close()


def test_a_run_is_created_once(tmp_path: Path):
    create(tmp_path, HEADER).close()
    with pytest.raises(RuntimeFault, match="there is a run r1 already"):
        create(tmp_path, HEADER)


def test_a_run_that_cannot_be_created_leaves_nothing(tmp_path: Path):
    def full(_path: Path) -> DiskFile:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(RuntimeFault, match="No space left"):
        create(tmp_path, HEADER, open_file=full)
    assert list(tmp_path.iterdir()) == []
    create(tmp_path, HEADER).close()


def test_a_killed_owner_holds_nothing(tmp_path: Path):
    script = (
        "import sys, signal; from pathlib import Path; from argotui.journal.store import open_run;"
        "j = open_run(Path(sys.argv[1])); print('mine', flush=True); signal.pause()"
    )
    folder = written(tmp_path, 1)
    with subprocess.Popen([sys.executable, "-c", script, folder], stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"mine\n"
        assert is_locked(folder / LOCK)
        assert lock_owner(folder / LOCK)["pid"] == owner.pid
        with pytest.raises(RuntimeFault, match=f"process {owner.pid}"):
            open_run(folder)
        owner.send_signal(signal.SIGKILL)
        owner.wait(60)
    until_sync(lambda: not is_locked(folder / LOCK), "the kernel to drop the lock")
    open_run(folder)[0].close()


def test_where_files_cannot_be_locked_the_owner_is_looked_for(tmp_path: Path, monkeypatch):
    def refuse(_handle: int, _how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("argotui.journal.lock.fcntl.flock", refuse)
    path = tmp_path / "lock"
    take_lock(path).release()
    note = json.loads(path.read_text())
    path.write_text(json.dumps({**note, "pid": 1}))
    with pytest.raises(RuntimeFault, match="process 1"):
        take_lock(path)
    path.write_text(json.dumps({**note, "pid": 1, "boot": "another"}))
    take_lock(path).release()
    path.write_text(json.dumps({**note, "pid": 2**22 + 1}))
    take_lock(path).release()


def test_readers_follow_a_driver_at_work(tmp_path: Path):
    journal = create(tmp_path, HEADER)
    for count, step in enumerate(steps(4), 1):
        journal.append([step], sync=False)
        assert read_state(journal.folder).state == folded(count)
    journal.close()


def test_a_run_without_records_can_be_read(tmp_path: Path):
    create(tmp_path, HEADER).close()
    assert list(read_records(tmp_path / "r1")) == []
    (tmp_path / "r1" / JOURNAL).unlink()
    assert read_state(tmp_path / "r1").seq == 0


def test_the_header_comes_back(tmp_path: Path):
    header = RunHeader(
        run_id="r1",
        workflow_name="wf",
        created=1.5,
        source={"kind": "Workflow", "spec": {"x": [1, None]}},
        library=({"kind": "ConfigMap", "data": {"a": "b"}},),
        parameters={"p": "v"},
        options={"approve": ["a"]},
        warnings=("w",),
        versions={"argotui": "1"},
    )
    create(tmp_path, header).close()
    back = read_header(tmp_path / "r1")
    assert back.schema == 1
    assert back.source == header.source
    assert back.library == header.library
    assert back.warnings == ("w",)


def test_a_secret_is_never_written(tmp_path: Path):
    header = RunHeader(run_id="r", workflow_name="w", created=1.0, library=({"kind": "Secret"},))
    with pytest.raises(EngineBug, match="Secret"):
        write_header(tmp_path, header)
    assert list(tmp_path.iterdir()) == []


def test_a_run_of_a_newer_schema_is_refused_by_name(tmp_path: Path):
    folder = written(tmp_path, 1)
    raw = json.loads((folder / "header.json").read_text())
    raw |= {"schema": 2, "versions": {"argotui": "9.0"}, "mood": "new"}
    (folder / "header.json").write_text(json.dumps(raw))
    with pytest.raises(RuntimeFault, match=r"written by argotui 9\.0"):
        open_run(folder)


def test_what_is_no_run_is_said_so(tmp_path: Path):
    with pytest.raises(RuntimeFault, match="is not a run"):
        open_run(tmp_path)
    (tmp_path / "header.json").write_text("[1]")
    with pytest.raises(RuntimeFault, match="is not a run"):
        open_run(tmp_path)


def test_ids_fit_a_label_and_differ():
    ids = {new_run_id() for _ in range(500)}
    assert len(ids) == 500
    assert all(run.isalnum() and run[0].isalpha() and len(run) == 7 for run in ids)
