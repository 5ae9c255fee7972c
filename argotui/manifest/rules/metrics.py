"""Prometheus metrics of workflows and templates. Argo: 6, M1."""

from __future__ import annotations

import re

from argotui.manifest.rules.context import Context, Site
from argotui.manifest.shapes import mapping, mappings
from argotui.manifest.source import Path
from argotui.model.manifest import JsonObject, Metrics

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*\Z")


def check_metrics(cx: Context, site: Site, path: Path, prefix: str, metrics: Metrics) -> None:
    """`prefix` names the template, with a blank after it."""
    for i, metric in enumerate(metrics.prometheus):
        where = (*path, "prometheus", i)
        name = str(metric.get("name") or "")
        if not _NAME.match(name):
            what = (
                f"{prefix}metric name '{name}' is invalid. Metric names must contain "
                "alphanumeric characters or '_'"
            )
            cx.error(site, where, what)
        if not metric.get("help"):
            what = f"{prefix}metric '{name}' must contain a help string under 'help: ' field"
            cx.error(site, where, what)
        if broken := _label_error(metric) or _value_error(metric):
            cx.error(site, where, f"{prefix}metric '{name}' error: {broken}")


def _label_error(metric: JsonObject) -> str:
    for label in mappings(metric.get("labels")):
        key = str(label.get("key") or "")
        if not _NAME.match(key):
            rule = "keys may only contain alphanumeric characters, '_'"
            return f"metric label '{key}' is invalid: {rule}"
    return ""


def _value_error(metric: JsonObject) -> str:
    kinds = [kind for kind in ("gauge", "histogram", "counter") if metric.get(kind) is not None]
    if len(kinds) != 1:
        return "must have exactly one of gauge, histogram, counter"
    value = mapping(metric[kinds[0]]).get("value")
    if not value:
        return f"missing {kinds[0]}.value"
    if (
        kinds[0] == "gauge"
        and mapping(metric["gauge"]).get("realtime")
        and "resourcesDuration." in str(value)
    ):
        return "'resourcesDuration.*' metrics cannot be used in real-time"
    return ""
