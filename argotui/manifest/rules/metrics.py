"""Prometheus metrics of workflows and templates. Argo: 6, M1."""

from __future__ import annotations

import re

from argotui.manifest.rules.context import Context, Site
from argotui.manifest.shapes import mapping, mappings
from argotui.manifest.source import Path
from argotui.model.manifest import JsonObject, Metrics

_KINDS = ("gauge", "counter", "histogram")
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*\Z")


def check_metrics(cx: Context, site: Site, path: Path, prefix: str, metrics: Metrics) -> None:
    """`prefix` names the template, with a blank after it."""
    for i, metric in enumerate(metrics.prometheus):
        where = (*path, "prometheus", i)
        for what in _errors(prefix, metric):
            cx.error(site, where, what)
        if not any(metric.get(kind) is not None for kind in _KINDS):
            _warn(cx, site, where, "it has no gauge, histogram or counter")


def warn_metrics(cx: Context, site: Site, path: Path, metrics: Metrics) -> None:
    """Argo does not look at the metrics of the workflow itself before they are to be written."""
    for i, metric in enumerate(metrics.prometheus):
        for what in _errors("", metric):
            _warn(cx, site, (*path, "prometheus", i), what)


def _warn(cx: Context, site: Site, path: Path, what: str) -> None:
    cx.warn(site, path, "bad-metric", f"{what}; it is never written")


def _errors(prefix: str, metric: JsonObject) -> list[str]:
    name = str(metric.get("name") or "")
    found = []
    if not _NAME.match(name):
        found.append(
            f"{prefix}metric name '{name}' is invalid. Metric names must contain "
            "alphanumeric characters or '_'"
        )
    if broken := _label_error(metric):
        found.append(broken)
    if not metric.get("help"):
        found.append(f"{prefix}metric '{name}' must contain a help string under 'help: ' field")
    if broken := _value_error(metric):
        found.append(f"{prefix}metric '{name}' error: {broken}")
    return found


def _label_error(metric: JsonObject) -> str:
    for label in mappings(metric.get("labels")):
        key = str(label.get("key") or "")
        if not _NAME.match(key):
            rule = "keys may only contain alphanumeric characters or '_'"
            return f"metric label '{key}' is invalid: {rule}"
    return ""


def _value_error(metric: JsonObject) -> str:
    for kind in _KINDS:
        value = mapping(metric.get(kind)).get("value")
        if metric.get(kind) is not None and not value:
            return f"missing {kind}.value"
    gauge = mapping(metric.get("gauge"))
    if gauge.get("realtime") and "resourcesDuration." in str(gauge.get("value")):
        return "'resourcesDuration.*' metrics cannot be used in real-time"
    return ""
