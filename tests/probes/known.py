"""Probes that cannot be equal to the recording, each with the reason."""

KNOWN = {
    "retry-cmd": "retrying a finished run is not there yet",
    "hook-bad-expr": "the recorded pod was still pending when the hook was looked at",
}
# recorded with an artifact store, which argotui does not have yet
ARTIFACTS = ("art-missing-input", "art-on-failure", "art-output-missing", "art-pass")
