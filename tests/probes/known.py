"""Probes that cannot be equal to the recording, each with the reason."""

KNOWN = {
    "retry-cmd": "retrying a finished run is not there yet",
    "hook-bad-expr": (
        "a pod of this machine has begun when the hook is looked at; in a cluster only the message "
        "PodInitializing is missing, that of Argo's own init container"
    ),
}
# recorded with an artifact store, which argotui does not have yet
ARTIFACTS = ("art-missing-input", "art-on-failure", "art-output-missing", "art-pass")
