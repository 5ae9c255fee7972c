"""A container's file system seen from outside: paths inside it, opened without ever leaving it.

Used by the supervisor to stage files, to collect them and to look for programs.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterable

_LINKS = 40  # as many symbolic links as a kernel follows in one path
PATH_ONLY = getattr(os, "O_PATH", os.O_RDONLY | os.O_NONBLOCK) | os.O_CLOEXEC
_NOFOLLOW = os.O_NOFOLLOW


class View:
    """`root` is the host folder that is `/` inside; `mounts` what lies over it, by inner path.

    Symbolic links are followed inside only: an absolute one begins again at `root`. Folders are
    walked by descriptor, so that a process still running inside cannot swap one for a link.
    Nothing is ever written below the mounts of `read_only`: they are the host's. A mount that is
    part of one of `volumes` (host folders that containers write to) is found from there anew.
    """

    __slots__ = ("mounts", "read_only", "root", "volumes")

    def __init__(
        self,
        root: str,
        mounts: dict[str, str],
        read_only: frozenset[str] = frozenset(),
        volumes: tuple[str, ...] = (),
    ) -> None:
        self.root = root
        self.mounts = mounts
        self.read_only = read_only
        self.volumes = volumes

    def open(self, path: str, flags: int, mode: int = 0o644, *, make: str = "") -> int:
        """Open a file for reading or writing. Raises OSError.

        `make`: "parents" makes the folders that are missing on the way, "folder" the last too.
        """
        todo = [part for part in reversed(path.split("/")) if part not in ("", ".")]
        done: list[str] = []
        hops = 0
        writes = bool(make) or bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        folder = self._start()
        try:
            while todo:
                part = todo.pop()
                if part == "..":
                    todo.extend(reversed(done[:-1]))
                    folder, done = self._again(folder), []
                    continue
                here = "/" + "/".join([*done, part])
                mounted = self.mounts.get(here)
                if writes and here in self.read_only:
                    raise OSError(errno.EROFS, os.strerror(errno.EROFS), path)
                if mounted is None and (link := _link(part, folder)) is not None:
                    hops += 1
                    if hops > _LINKS:
                        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
                    if link.startswith("/"):
                        folder, done = self._again(folder), []
                    todo.extend(p for p in reversed(link.split("/")) if p not in ("", "."))
                    continue
                if not todo and make != "folder":
                    if mounted is not None:
                        return self._mounted(mounted, flags | os.O_CLOEXEC, mode)
                    return os.open(part, flags | _NOFOLLOW | os.O_CLOEXEC, mode, dir_fd=folder)
                if mounted is not None:
                    inner = self._mounted(mounted, PATH_ONLY | os.O_DIRECTORY)
                else:
                    inner = _folder(part, folder, make=bool(make))
                os.close(folder)
                folder = inner
                done.append(part)
            return os.dup(folder)
        finally:
            os.close(folder)

    def read(self, path: str, limit: int) -> bytes:
        """Return the content of a regular file. Raises OSError; EFBIG above `limit` bytes."""
        handle = self.open(path, os.O_RDONLY | os.O_NONBLOCK)
        try:
            found = os.fstat(handle)
            if stat.S_ISDIR(found.st_mode):
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
            if not stat.S_ISREG(found.st_mode):
                raise OSError(errno.EINVAL, "not a regular file", path)
            if found.st_size > limit:
                raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), path)
            with open(handle, "rb", closefd=False) as file:
                return file.read(limit + 1)
        finally:
            os.close(handle)

    def write(self, path: str, content: bytes, mode: int) -> None:
        """Write a file, with the folders it needs. Raises OSError."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        handle = self.open(path, flags, mode, make="parents")
        try:
            os.fchmod(handle, mode)
            view = memoryview(content)
            while view:
                view = view[os.write(handle, view) :]
        finally:
            os.close(handle)

    def make_folder(self, path: str) -> None:
        """Make a folder inside, where there is none. Raises OSError."""
        os.close(self.open(path, PATH_ONLY, make="folder"))

    def mode(self, path: str) -> int | None:
        """Return the st_mode of what is there, None if nothing is."""
        try:
            handle = self.open(path, PATH_ONLY)
        except OSError:
            return None
        try:
            return os.fstat(handle).st_mode
        finally:
            os.close(handle)

    def _mounted(self, host: str, flags: int, mode: int = 0o644) -> int:
        """Open what is mounted. Within a volume a name on the way may have become a link."""
        volume = volume_of(host, self.volumes)
        if volume and host != volume:
            return View(volume, {}).open(host.removeprefix(volume), flags, mode)
        return os.open(host, flags, mode)

    def _start(self) -> int:
        return os.open(self.root, PATH_ONLY | os.O_DIRECTORY)

    def _again(self, folder: int) -> int:
        fresh = self._start()
        os.close(folder)
        return fresh


def volume_of(host: str, volumes: Iterable[str]) -> str:
    """Return which of these folders a path of the host is in, or is; empty if in none."""
    return next((each for each in volumes if f"{host}/".startswith(f"{each}/")), "")


def _link(name: str, folder: int) -> str | None:
    try:
        return os.readlink(name, dir_fd=folder)
    except OSError:
        return None


def _folder(name: str, folder: int, *, make: bool) -> int:
    if make:
        with contextlib.suppress(FileExistsError):
            os.mkdir(name, 0o755, dir_fd=folder)
    return os.open(name, PATH_ONLY | os.O_DIRECTORY | _NOFOLLOW, dir_fd=folder)


def find_program(view: View, command: str, search: str, folder: str) -> str:
    """Return why the command cannot be run, in Go's words as Argo gives them; empty if it can.

    Argo: 1.6.
    """
    if "/" in command:
        path = command if command.startswith("/") else f"{folder}/{command}"
        mode = view.mode(path)
        if mode is None:
            return f'exec: "{command}": stat {command}: no such file or directory'
        return "" if _is_program(mode) else f'exec: "{command}": permission denied'
    for place in search.split(":"):
        mode = view.mode(f"{place or folder}/{command}")
        if mode is not None and _is_program(mode):
            return ""
    return f'exec: "{command}": executable file not found in $PATH'


def _is_program(mode: int) -> bool:
    return stat.S_ISREG(mode) and bool(mode & 0o111)
