"""What an API server answers when it does not do what was asked, in words that help.

Raised by client; read by whoever asked.
"""

from __future__ import annotations

import json
import re
from typing import Any

_FORBIDDEN = re.compile(
    r'cannot (?P<verb>\w+) resource "(?P<what>[^"]+)" in API group "(?P<group>[^"]*)"'
    r'(?: in the namespace "(?P<namespace>[^"]*)")?'
)
_USER = re.compile(r'User "(?P<user>[^"]+)"')


class ApiError(Exception):
    """An answer of 400 and above, or none at all (`status` 0). `retry_after` in seconds."""

    def __init__(
        self, status: int, message: str, *, reason: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.reason = reason
        self.retry_after = retry_after

    @property
    def may_pass(self) -> bool:
        """Whether the same request may well succeed later."""
        return self.status in (0, 429) or self.status >= 500

    @property
    def is_quota(self) -> bool:
        return self.status == 403 and "exceeded quota" in self.message


def api_error(status: int, body: bytes, headers: Any) -> ApiError:
    """Return what an answer says: the message of a Status object, else the text itself."""
    message, reason = body[:2000].decode("utf-8", "replace").strip(), ""
    try:
        document = json.loads(body)
        if isinstance(document, dict):
            message = str(document.get("message") or message)
            reason = str(document.get("reason") or "")
    except ValueError:
        pass
    return ApiError(
        status, message or f"HTTP {status}", reason=reason, retry_after=_seconds(headers)
    )


def explained(error: ApiError, what: str) -> str:
    """Return a sentence for people; for a missing right, which one it is and how to grant it."""
    if error.status == 401:
        return f"{what}: the cluster does not accept the credentials of the kubeconfig (401)"
    if error.status == 403 and (match := _FORBIDDEN.search(error.message)):
        return f"{what}: {_missing_right(error.message, match)}"
    if error.status == 0:
        return f"{what}: the API server does not answer: {error.message}"
    return f"{what}: {error.message}"


def _missing_right(message: str, match: re.Match[str]) -> str:
    verb, resource, group = match["verb"], match["what"], match["group"]
    plain, _, sub = resource.partition("/")
    full = f"{plain}.{group}" if group else plain
    flag = f"--resource={full}/{sub}" if sub else f"--resource={full}"
    found = _USER.search(message)
    who = found["user"] if found else "this user"
    where = f" -n {match['namespace']}" if match["namespace"] else ""
    kind = "role" if match["namespace"] else "clusterrole"
    return (
        f"{who} may not {verb} {resource}; the right is missing. Grant it with: "
        f"kubectl create {kind} argotui-{verb}-{plain} --verb={verb} {flag}{where} and "
        f"kubectl create {kind}binding argotui-{verb}-{plain} --{kind}=argotui-{verb}-{plain} "
        f"{_subject(who)}{where}"
    )


def _subject(who: str) -> str:
    prefix = "system:serviceaccount:"
    return f"--serviceaccount={who[len(prefix) :]}" if who.startswith(prefix) else f"--user={who}"


def _seconds(headers: Any) -> float | None:
    try:
        return max(0.0, float(headers.get("Retry-After")))
    except (AttributeError, TypeError, ValueError):
        return None
