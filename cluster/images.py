"""Writes the test images into the folder of a docker-registry, ready to be served.

Called by cluster.sh as `images.py CACHE`; reads CACHE/images/debian.tar and CACHE/bin/argotui-node.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from registry import Config, Layer, Store

BUSYBOX = Path("/bin/busybox")
FOLDERS = [
    "bin",
    "dev",
    "etc",
    "home",
    "proc",
    "root",
    "run",
    "sbin",
    "sys",
    "tmp",
    "usr",
    "usr/bin",
]

# What argoproj/argosay:v2 understands; ash, because the images' own `sh` is the one that runs it.
ARGOSAY = """\
#!/bin/busybox sh
set -eu
verb=${1:-echo}
[ $# -eq 0 ] || shift
case $verb in
  echo)
    if [ $# -lt 2 ]; then echo "${1:-hello argo}"; exit; fi
    mkdir -p "$(dirname "$2")"
    echo "$1" > "$2"
    sleep 0.1 ;;
  cat) cat -- "$@" ;;
  assert_contains)
    grep -qF -- "$2" "$1" || { echo "$1 does not contain $2" >&2; exit 1; } ;;
  exit) exit "${1:-0}" ;;
  sleep)
    case ${1:-0} in
      *ms) sleep "$(awk -v ms="${1%ms}" 'BEGIN { print ms / 1000 }')" ;;
      *) sleep "${1:-0}" ;;
    esac ;;
  sh) exec sh "$@" ;;
  *) echo "argosay: unknown command $verb" >&2; exit 1 ;;
esac
"""

# What scripts ask to know where they are.
OS_RELEASE = 'NAME="Alpine Linux"\nID=alpine\nPRETTY_NAME="Alpine Linux (argotui test image)"\n'

# Served as it is by the image: nginx in the foreground finds its logs at the container's own.
NGINX_LINKS = {
    "var/log/nginx/access.log": "/dev/stdout",
    "var/log/nginx/error.log": "/dev/stderr",
}


def main(cache: Path) -> None:
    store = Store(root=cache / "registry")
    store.clear()
    small = store.add_layer(busybox_root())
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        parts = [Path(folder) / name for name in ("debian", "node")]
        split(cache / "images" / "debian.tar", *parts)
        debian, node = (store.add_layer_file(part) for part in parts)
    tools = store.add_layer(tar_of(links=TOOL_LINKS))
    ash = store.add_layer(tar_of(files={"usr/bin/busybox": BUSYBOX.read_bytes()}, links=ASH_LINKS))
    pause = store.add_layer(tar_of(files={"pause": (cache / "bin" / "argotui-node").read_bytes()}))
    argosay = store.add_layer(tar_of(files={"argosay": ARGOSAY.encode()}))
    alpine = store.add_layer(tar_of(folders=["etc"], files={"etc/os-release": OS_RELEASE.encode()}))
    store.add_image("pause:1", [pause], Config(entrypoint=("/pause",)))
    full, posix = [debian, tools], [debian, tools, ash]
    for names, layers, config in catalogue([small, alpine], full, posix, argosay, node):
        for name in names.split():
            store.add_image(name, layers, config)


TOOL_LINKS = {
    "usr/local/bin/python": "/usr/bin/python3",
    "usr/local/bin/python3": "/usr/bin/python3",
    "usr/local/bin/cowsay": "/usr/games/cowsay",
    "usr/local/bin/bash": "/bin/bash",
    **NGINX_LINKS,
}
# The `sh` of images made from Alpine is busybox's; dash reads some scripts differently. Below
# usr/, because bin is a link in a Debian root.
ASH_LINKS = {"usr/bin/sh": "/usr/bin/busybox"}


def catalogue(
    small: list[Layer], full: list[Layer], posix: list[Layer], argosay: Layer, node: Layer
) -> list[tuple[str, list[Layer], Config]]:
    """Return names, layers and configuration; a name is `repository:tag`, of whatever registry."""
    shell = Config(command=("/bin/sh",))
    return [
        (tagged("library/busybox", "latest 1 1.35 1.36 1.37 stable musl"), small[:1], shell),
        (tagged("library/alpine", ALPINE), small, shell),
        (tagged("library/debian", DEBIAN), full, Config(command=("bash",))),
        (tagged("library/ubuntu", UBUNTU), full, Config(command=("/bin/bash",))),
        (tagged("library/bash", "latest 5"), posix, Config(command=("bash",))),
        (tagged("library/python", PYTHON_ALPINE), posix, Config(command=("python3",))),
        (tagged("library/python", PYTHON), full, Config(command=("python3",))),
        (
            tagged("library/node", "alpine 9.1-alpine 22-alpine"),
            [*posix, node],
            Config(command=("node",)),
        ),
        (tagged("library/node", "latest 22 lts"), [*full, node], Config(command=("node",))),
        (tagged("library/nginx", "latest 1.13 alpine"), full, NGINX),
        (tagged("curlimages/curl", "latest 8.5.0"), posix, Config(command=("curl",))),
        (tagged("alpine/git", "latest v2.26.2"), posix, Config(entrypoint=("git",))),
        (tagged("stedolan/jq", "latest"), posix, Config(entrypoint=("jq",))),
        (tagged("docker/whalesay", "latest"), full, shell),
        (tagged("argoproj/argosay", "v1"), full, shell),
        (tagged("argoproj/argosay", "v2"), [*posix, argosay], Config(entrypoint=("/argosay",))),
        (tagged("argoproj/argoexec", "latest"), posix, shell),
    ]


ALPINE = "latest 3 3.6 3.7 3.8 3.13 3.18 3.20 3.23 edge"
UBUNTU = "latest 17.10 22.04 24.04"
DEBIAN = "latest 8.9 9.1 9.2 9.4 9.5-slim 12 12-slim bookworm-slim stable-slim"
PYTHON_ALPINE = "alpine alpine3.6 alpine3.23 3.11-alpine 3.12-alpine 3.13-alpine"
PYTHON = "latest 3 3.8 3.11 3.12 3.13 3.11-slim 3.12-slim 3.13-slim slim"
NGINX = Config(command=("nginx", "-g", "daemon off;"))


# A third of the root is what only node needs, and the first pull of a new cluster unpacks it all.
ONLY_NODE = re.compile(r".*/(libnode|libicu|nodejs|node$)")
NOBODYS = re.compile(r"\./usr/(share/doc/.*/(?!copyright$)[^/]+$|lib/.*/perl/.*/CORE/)")


def split(root: Path, base: Path, node: Path) -> None:
    """Write what `root` holds for every image to `base` and what only node needs to `node`."""
    with (
        tarfile.open(root) as whole,
        tarfile.open(base, "w") as most,
        tarfile.open(node, "w") as rest,
    ):
        for info in whole:
            if info.isreg() and NOBODYS.match(info.name):
                continue
            target = rest if ONLY_NODE.match(info.name) else most
            target.addfile(info, whole.extractfile(info) if info.isreg() else None)


def tagged(repository: str, tags: str) -> str:
    return " ".join(f"{repository}:{tag}" for tag in tags.split())


def busybox_root() -> bytes:
    """Return the layer of a root that holds busybox and a link for each of its applets."""
    applets = subprocess.check_output([str(BUSYBOX), "--list"], text=True).split()
    links = {f"bin/{name}": "busybox" for name in applets if name != "busybox"}
    files = {
        "bin/busybox": BUSYBOX.read_bytes(),
        "etc/passwd": b"root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n",
        "etc/group": b"root:x:0:\nnobody:x:65534:\n",
    }
    return tar_of(folders=FOLDERS, files=files, links=links | {"usr/bin/env": "/bin/busybox"})


def tar_of(
    *,
    folders: list[str] | None = None,
    files: dict[str, bytes] | None = None,
    links: dict[str, str] | None = None,
) -> bytes:
    """Return a tar, the same for the same content; every file can be run."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name in folders or ():
            tar.addfile(entry(name, tarfile.DIRTYPE, 0o1777 if name == "tmp" else 0o755))
        for name, content in (files or {}).items():
            info = entry(name, tarfile.REGTYPE, 0o755)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
        for name, target in (links or {}).items():
            info = entry(name, tarfile.SYMTYPE, 0o777)
            info.linkname = target
            tar.addfile(info)
    return buffer.getvalue()


def entry(name: str, kind: bytes, mode: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.mode = kind, mode
    return info


if __name__ == "__main__":
    main(Path(sys.argv[1]))
