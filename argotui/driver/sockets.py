"""Where the socket of a run is, and who sits at its other end. Called by control and remote."""

from __future__ import annotations

import hashlib
import os
import socket
import struct
import tempfile
from pathlib import Path

from argotui.journal.files import private_folder

_LONGEST = 107  # bytes of a socket's path: 108 with the closing zero
_PEERCRED_MAC = 0x001  # LOCAL_PEERCRED of sys/un.h


def socket_path(folder: Path) -> Path:
    """Return the socket for the driver of the run in `folder`; makes the folder it lies in.

    In $XDG_RUNTIME_DIR/argotui, or in a private folder of the temporary one. Raises RuntimeFault
    where that belongs to somebody else.
    """
    where = str(folder.absolute()).encode("utf-8", "surrogateescape")
    name = f"{hashlib.blake2s(where, digest_size=10).hexdigest()}.sock"
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if os.path.isabs(runtime) and os.path.isdir(runtime):
        path = Path(runtime) / "argotui" / name
        if len(os.fsencode(path)) <= _LONGEST and os.access(runtime, os.W_OK):
            return private_folder(path.parent) / name
    path = Path(tempfile.gettempdir()) / f"argotui-{os.getuid()}" / name
    if len(os.fsencode(path)) > _LONGEST:
        path = Path("/tmp") / path.parent.name / name
    return private_folder(path.parent) / name


def listening_socket(path: Path) -> socket.socket:
    """Return a socket bound at `path` (0600), in place of what a dead driver left there.

    Only for who holds the run's lock. Raises OSError.
    """
    path.unlink(missing_ok=True)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.bind(str(path))
        path.chmod(0o600)
    except OSError:
        sock.close()
        raise
    return sock


def is_own_user(sock: socket.socket) -> bool:
    """Whether the process at the other end belongs to our user; also where nobody can tell: the
    folder of the socket admits nobody else."""
    try:
        if hasattr(socket, "SO_PEERCRED"):
            raw = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
            uid = struct.unpack("3i", raw)[1]
        elif hasattr(socket, "LOCAL_PEERCRED"):
            uid = struct.unpack("2I", sock.getsockopt(0, _PEERCRED_MAC, 8))[1]
        else:
            return True
    except OSError:
        return False
    return bool(uid == os.getuid())
