"""Whether the cluster of the kubeconfig answers, and what we may do there. Prints JSON.

Run by `argotui doctor` as a process of its own: a login helper or a dead network may hang, and
is ended with it.
"""

from __future__ import annotations

import json
import sys
from typing import Any

_PATIENCE = (3, 5)  # seconds to connect, to answer
# What running workflows as pods takes: verb, resource, subresource.
RIGHTS = (
    ("create", "pods", ""),
    ("get", "pods", ""),
    ("list", "pods", ""),
    ("watch", "pods", ""),
    ("delete", "pods", ""),
    ("get", "pods", "log"),
    ("create", "pods", "exec"),
    ("create", "configmaps", ""),
    ("get", "configmaps", ""),
    ("delete", "configmaps", ""),
)


def probe() -> dict[str, Any]:
    """Return context, namespace, server, version, and the rights that are missing."""
    from kubernetes import client
    from kubernetes import config as untyped_config

    config: Any = untyped_config

    _, active = config.list_kube_config_contexts()
    context = active.get("context") or {}
    found: dict[str, Any] = {
        "context": active.get("name", ""),
        "namespace": context.get("namespace") or "default",
    }
    api = config.new_client_from_config()
    found["server"] = api.configuration.host
    version = client.VersionApi(api).get_code(_request_timeout=_PATIENCE)
    found["version"] = version.git_version
    reviews = client.AuthorizationV1Api(api)
    found["missing"] = [
        f"{verb} {resource}/{part}" if part else f"{verb} {resource}"
        for verb, resource, part in RIGHTS
        if not _may(reviews, client, found["namespace"], verb, resource, part)
    ]
    return found


def _may(reviews: Any, client: Any, namespace: str, verb: str, resource: str, part: str) -> bool:
    attributes = client.V1ResourceAttributes(
        namespace=namespace, verb=verb, resource=resource, subresource=part or None
    )
    spec = client.V1SelfSubjectAccessReviewSpec(resource_attributes=attributes)
    review = client.V1SelfSubjectAccessReview(spec=spec)
    answer = reviews.create_self_subject_access_review(review, _request_timeout=_PATIENCE)
    return bool(answer.status.allowed)


def main() -> int:
    try:
        found = probe()
    except Exception as error:  # whatever it is, it is what doctor has to tell
        found = {"problem": f"{type(error).__name__}: {error}"}
    json.dump(found, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
