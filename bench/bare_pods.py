"""Bare pods by hand: what a person's own script with the official client would do, no more.

python -m bench.bare_pods serial|parallel COUNT
"""

from __future__ import annotations

import sys
import uuid
from typing import Any

from kubernetes import client, config, watch

_ENDED = ("Succeeded", "Failed")


def main(mode: str, count: int) -> None:
    config.load_kube_config()
    api = client.CoreV1Api()
    _, active = config.list_kube_config_contexts()
    namespace = active["context"].get("namespace", "default")
    mark = f"bare-{uuid.uuid4().hex[:8]}"
    names = [f"{mark}-{number}" for number in range(count)]
    for group in [names] if mode == "parallel" else [[name] for name in names]:
        for name in group:
            api.create_namespaced_pod(namespace, _pod(name, mark))
        _wait(api, namespace, mark, set(group))
        for name in group:
            api.read_namespaced_pod_log(name, namespace)
    for name in names:
        api.delete_namespaced_pod(name, namespace, grace_period_seconds=0)


def _pod(name: str, mark: str) -> dict[str, Any]:
    container = {"name": "main", "image": "busybox:1.37", "command": ["echo", "hello"]}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"bench": mark}},
        "spec": {"restartPolicy": "Never", "containers": [container]},
    }


def _wait(api: client.CoreV1Api, namespace: str, mark: str, names: set[str]) -> None:
    seen = watch.Watch()
    pods = api.list_namespaced_pod
    for event in seen.stream(
        pods, namespace, label_selector=f"bench={mark}", timeout_seconds=300, deserialize=False
    ):
        pod = event["raw_object"] if "raw_object" in event else event["object"]
        if pod["status"].get("phase") in _ENDED:
            names.discard(pod["metadata"]["name"])
        if not names:
            seen.stop()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
