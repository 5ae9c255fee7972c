"""The folder of a docker-registry, written directly: images need no daemon and no push.

Called by images.py. Layout and media types: the OCI image and distribution specifications.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
from dataclasses import dataclass
from pathlib import Path

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"  # plain: a node on the same disk gains by no gzip
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What an image runs by itself."""

    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A stored blob; `size` in bytes, `digest` with its algorithm in front."""

    digest: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """`root` is what docker-registry calls its root directory."""

    root: Path

    @property
    def base(self) -> Path:
        return self.root / "docker" / "registry" / "v2"

    def clear(self) -> None:
        """Remove what an earlier, perhaps unfinished, filling left."""
        shutil.rmtree(self.root, ignore_errors=True)

    def add_layer(self, content: bytes) -> Layer:
        """Store a blob."""
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        write(self.blob(digest), content)
        return Layer(digest=digest, size=len(content))

    def add_layer_file(self, path: Path) -> Layer:
        """Store a file as a blob without copying it where the file system allows."""
        with path.open("rb") as file:
            digest = "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()
        target = self.blob(digest)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, target)
        except OSError:
            shutil.copyfile(path, target)
        return Layer(digest=digest, size=path.stat().st_size)

    def add_image(self, name: str, layers: list[Layer], config: Config) -> None:
        """Store an image under `repository:tag`; layers from the bottom up."""
        repository, tag = name.split(":")
        described = self.add_layer(encoded(configuration(layers, config)))
        manifest = self.add_layer(encoded(manifest_of(described, layers)))
        folder = self.base / "repositories" / repository
        for layer in (described, *layers):
            link(folder / "_layers", layer.digest)
        link(folder / "_manifests" / "revisions", manifest.digest)
        link(folder / "_manifests" / "tags" / tag / "index", manifest.digest)
        write(folder / "_manifests" / "tags" / tag / "current" / "link", manifest.digest.encode())

    def blob(self, digest: str) -> Path:
        algorithm, value = digest.split(":")
        return self.base / "blobs" / algorithm / value[:2] / value / "data"


def configuration(layers: list[Layer], config: Config) -> dict[str, object]:
    machine = platform.machine()
    return {
        "architecture": MACHINES.get(machine, machine),
        "os": "linux",
        "rootfs": {"type": "layers", "diff_ids": [layer.digest for layer in layers]},
        "config": {
            "Env": [PATH],
            "Entrypoint": list(config.entrypoint) or None,
            "Cmd": list(config.command) or None,
            "WorkingDir": "/",
        },
    }


def manifest_of(config: Layer, layers: list[Layer]) -> dict[str, object]:
    return {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": descriptor(CONFIG, config),
        "layers": [descriptor(LAYER, layer) for layer in layers],
    }


def descriptor(media_type: str, layer: Layer) -> dict[str, object]:
    return {"mediaType": media_type, "digest": layer.digest, "size": layer.size}


def encoded(value: dict[str, object]) -> bytes:
    return json.dumps(value, sort_keys=True).encode()


def link(folder: Path, digest: str) -> None:
    algorithm, value = digest.split(":")
    write(folder / algorithm / value / "link", digest.encode())


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
