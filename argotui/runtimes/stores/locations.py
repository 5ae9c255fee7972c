"""Argo's artifact locations as what the store library is told. Argo: 5.1, 9.5.

Called by runtimes/data.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from argotui.runtimes.stores.errors import StoreError
from argotui.runtimes.stores.listing import Listing

Secret: TypeAlias = Callable[[Mapping[str, Any]], str]
_AWS = "amazonaws.com"
_REGION = "us-east-1"  # what S3 servers that know no regions expect


def to_list(location: Mapping[str, Any], secret: Secret) -> Listing:
    """Return what to list of a complete location. Raises StoreError."""
    ((kind, given),) = location.items()
    return _KINDS[kind](given, secret)


def _s3(given: Mapping[str, Any], secret: Secret) -> Listing:
    for key in ("roleARN", "caSecret"):
        if given.get(key):
            raise StoreError(f"argotui does not know s3.{key} yet")
    endpoint, bucket = str(given["endpoint"]), str(given["bucket"])
    on_aws = endpoint.split(":")[0].endswith(_AWS)
    virtual = given.get("addressingStyle") == "virtual-hosted" or (
        on_aws and given.get("addressingStyle") != "path"
    )
    return Listing(
        extra="s3",
        store="S3Store",
        place=bucket,
        prefix=_folder(str(given.get("key") or "")),
        config={
            "region": str(given.get("region") or _region_of(endpoint)),
            "endpoint": _url(endpoint, bucket if virtual else "", bool(given.get("insecure"))),
            "virtual_hosted_style_request": virtual,
        },
        plain_http=bool(given.get("insecure")),
        credentials=_key_pair(given, secret, token=given.get("sessionTokenSecret")),
    )


def _oss(given: Mapping[str, Any], secret: Secret) -> Listing:
    """Alibaba's store speaks S3, at the address of the bucket."""
    endpoint, bucket = str(given["endpoint"]), str(given["bucket"])
    scheme, _, host = endpoint.rpartition("://")
    return Listing(
        extra="oss",
        store="S3Store",
        place=bucket,
        prefix=str(given.get("key") or ""),
        config={
            "region": host.split(".")[0].removeprefix("oss-"),
            "endpoint": _url(host, bucket, scheme == "http"),
            "virtual_hosted_style_request": True,
        },
        plain_http=scheme == "http",
        credentials=_key_pair(given, secret, token=None),
    )


def _gcs(given: Mapping[str, Any], secret: Secret) -> Listing:
    ref = given.get("serviceAccountKeySecret")
    return Listing(
        extra="gcs",
        store="GCSStore",
        place=str(given["bucket"]),
        prefix=str(given.get("key") or ""),
        config={"service_account_key": secret(ref)} if ref else {},
    )


def _azure(given: Mapping[str, Any], secret: Secret) -> Listing:
    url = urlsplit(str(given["endpoint"]))
    config = {"account_name": (url.hostname or "").split(".")[0], "endpoint": url.geturl()}
    if ref := given.get("accountKeySecret"):
        config["account_key"] = secret(ref)
    return Listing(
        extra="azure",
        store="AzureStore",
        place=str(given["container"]),
        prefix=str(given.get("blob") or ""),
        config=config,
        plain_http=url.scheme == "http",
    )


_KINDS: Mapping[str, Callable[[Mapping[str, Any], Secret], Listing]] = {
    "s3": _s3,
    "gcs": _gcs,
    "azure": _azure,
    "oss": _oss,
}


def _folder(key: str) -> str:
    """An S3 key is a folder: `a/b` lists what is below it, and not `a/bc`."""
    return f"{posixpath.normpath(key)}/" if key.strip("/") else ""


def _url(host: str, bucket: str, insecure: bool) -> str:
    return f"{'http' if insecure else 'https'}://{f'{bucket}.' if bucket else ''}{host}"


def _region_of(endpoint: str) -> str:
    """`s3.eu-west-1.amazonaws.com` names its region; others are asked as the default one."""
    parts = endpoint.split(":")[0].split(".")
    return parts[1] if endpoint.endswith(_AWS) and len(parts) == 4 else _REGION


def _key_pair(given: Mapping[str, Any], secret: Secret, *, token: Any) -> dict[str, str] | None:
    """Return the keys that Secrets hold; None: those that this machine has (useSDKCreds)."""
    access, private = given.get("accessKeySecret"), given.get("secretKeySecret")
    if given.get("useSDKCreds") or not access or not private:
        return None
    pair = {"access_key_id": secret(access), "secret_access_key": secret(private)}
    return {**pair, "token": secret(token)} if token else pair
