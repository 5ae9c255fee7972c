"""Where artifacts lie: what a location needs. Argo: 6, T8. Called by rules/template.py."""

from __future__ import annotations

from argotui.manifest.rules.context import Context, Site
from argotui.manifest.source import Path
from argotui.model.manifest import JsonObject


def check_location(cx: Context, site: Site, path: Path, name: str, location: JsonObject) -> None:
    """Argo looks at two kinds of locations only."""
    git = location.get("git")
    if isinstance(git, dict) and not git.get("repo"):
        cx.error(site, (*path, "git"), f"{name}.git.repo is required")
    hdfs = location.get("hdfs")
    if isinstance(hdfs, dict) and (broken := _hdfs_error(f"{name}.hdfs", hdfs)):
        cx.error(site, (*path, "hdfs"), broken)


def _hdfs_error(name: str, hdfs: JsonObject) -> str:
    for part in ("addresses", "path"):
        if not hdfs.get(part):
            return f"{name}.{part} is required"
    if not any(hdfs.get(part) for part in ("hdfsUser", "krbCCacheSecret", "krbKeytabSecret")):
        return (
            f"either {name}.hdfsUser, {name}.krbCCacheSecret or {name}.krbKeytabSecret is required"
        )
    needed = ("krbServicePrincipalName", "krbConfigConfigMap", "krbUsername", "krbRealm")
    for secret, count in (("krbKeytabSecret", 4), ("krbCCacheSecret", 2)):
        if hdfs.get(secret) and not all(hdfs.get(part) for part in needed[:count]):
            *most, last = (f"{name}.{part}" for part in needed[:count])
            return f"{', '.join(most)} and {last} are required with {name}.{secret}"
    return ""
