"""Paths inside a container, opened from outside."""

from __future__ import annotations

import errno
import os

import pytest

from argotui.runtimes.local.view import View, find_program

LIMIT = 100


@pytest.fixture
def inside(tmp_path):
    root, volume, system = tmp_path / "root", tmp_path / "volume", tmp_path / "system"
    for folder in (root / "tmp", root / "mnt", volume, system):
        folder.mkdir(parents=True)
    (tmp_path / "secret").write_text("hush")
    (volume / "f").write_text("in the volume")
    (system / "s").write_text("system")
    mounts = {"/mnt/v": str(volume), "/sys-tem": str(system)}
    return View(str(root), mounts, frozenset({"/sys-tem"}))


def test_mounts_lie_over_the_root(inside):
    assert inside.read("/mnt/v/f", LIMIT) == b"in the volume"
    assert inside.read("mnt//v/./f", LIMIT) == b"in the volume"


def test_links_stay_inside(inside, tmp_path):
    os.symlink("/mnt/v", f"{inside.root}/tmp/a")
    os.symlink("../mnt/v/f", f"{inside.root}/tmp/b")
    os.symlink(str(tmp_path / "secret"), f"{inside.root}/tmp/c")
    os.symlink("../../../secret", f"{inside.root}/tmp/d")
    assert inside.read("/tmp/a/f", LIMIT) == b"in the volume"
    assert inside.read("/tmp/b", LIMIT) == b"in the volume"
    for name in "cd":
        with pytest.raises(FileNotFoundError):
            inside.read(f"/tmp/{name}", LIMIT)


def test_a_link_in_a_volume_begins_at_the_root_of_the_container(inside):
    os.symlink("/tmp/x", f"{inside.mounts['/mnt/v']}/link")
    inside.write("/tmp/x", b"mine", 0o600)
    assert inside.read("/mnt/v/link", LIMIT) == b"mine"


def test_dots_end_at_the_root(inside, tmp_path):
    with pytest.raises(FileNotFoundError):
        inside.read(f"/tmp/../../..{tmp_path}/secret", LIMIT)
    assert inside.read("/tmp/../mnt/v/f", LIMIT) == b"in the volume"


def test_circles_are_left(inside):
    os.symlink("b", f"{inside.root}/a")
    os.symlink("a", f"{inside.root}/b")
    with pytest.raises(OSError, match="symbolic links") as caught:
        inside.read("/a", LIMIT)
    assert caught.value.errno == errno.ELOOP


def test_only_files_are_read_and_only_up_to_the_limit(inside):
    os.mkfifo(f"{inside.root}/pipe")
    inside.write("/big", b"x" * (LIMIT + 1), 0o644)
    for path, number in (("/tmp", errno.EISDIR), ("/pipe", errno.EINVAL), ("/big", errno.EFBIG)):
        with pytest.raises(OSError, match=r".") as caught:
            inside.read(path, LIMIT)
        assert caught.value.errno == number


def test_writing_makes_folders_and_keeps_off_what_is_the_hosts(inside):
    inside.write("/new/folder/f", b"x", 0o755)
    assert inside.mode("/new/folder/f") & 0o777 == 0o755
    for path in ("/sys-tem/x", "/sys-tem/s"):
        with pytest.raises(OSError, match="Read-only"):
            inside.write(path, b"x", 0o644)
    assert inside.read("/sys-tem/s", LIMIT) == b"system"
    inside.make_folder("/deep/er")
    inside.make_folder("/deep/er")
    assert inside.mode("/deep/er") is not None


def test_no_descriptor_is_left_open(inside):
    before = len(os.listdir("/proc/self/fd"))
    inside.read("/mnt/v/f", LIMIT)
    inside.mode("/no/such")
    with pytest.raises(OSError, match=r"."):
        inside.read("/tmp", LIMIT)
    assert len(os.listdir("/proc/self/fd")) == before


def test_programs_are_found_as_a_path_is_searched(inside):
    inside.write("/bin/tool", b"#!/bin/sh\n", 0o755)
    inside.write("/bin/text", b"x", 0o644)
    assert find_program(inside, "tool", "/none:/bin", "/") == ""
    assert find_program(inside, "./bin/tool", "", "/") == ""
    assert find_program(inside, "text", "/bin", "/").endswith("executable file not found in $PATH")
    assert find_program(inside, "/bin/text", "", "/") == 'exec: "/bin/text": permission denied'
