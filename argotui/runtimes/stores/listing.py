"""Listing the keys of a store with the library `obstore`, which is an extra.

Called by runtimes/data. One wheel without dependencies speaks S3, Google's and Azure's protocols.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from argotui.model.errors import RuntimeFault
from argotui.runtimes.stores.errors import StoreError

_SAID = re.compile(r"<Message>([^<]+)</Message>")
_MOST = 1_000_000  # keys: more make no list to work with
_RETRIES = {"max_retries": 3, "retry_timeout": timedelta(seconds=60)}
_CONNECT = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """`store` is the library's class, `place` the bucket or container, `extra` what to install.
    `credentials` None: whatever this machine has. Never written anywhere: it holds secrets."""

    extra: str
    store: str
    place: str
    prefix: str
    config: Mapping[str, Any] = field(repr=False)
    credentials: Mapping[str, str] | None = field(default=None, repr=False)
    plain_http: bool = False


def list_keys(listing: Listing) -> list[str]:
    """Return the keys below the prefix, sorted. Raises StoreError, and RuntimeFault naming the
    extra without the library."""
    try:
        import obstore
        import obstore.store
        from obstore.exceptions import BaseError
    except ImportError:
        raise RuntimeFault(
            f"listing keys of a store needs a package: pip install 'argotui[{listing.extra}]'"
        ) from None
    try:
        store = _opened(obstore.store, listing)
        # the library knows folders only: the rest of a prefix is looked at here
        folder = listing.prefix.rpartition("/")[0] or None
        keys: list[str] = []
        for chunk in obstore.list(store, folder):
            keys += [each["path"] for each in chunk if each["path"].startswith(listing.prefix)]
            if len(keys) > _MOST:
                raise StoreError(f"there are more than {_MOST:,} keys below '{listing.prefix}'")
    except (BaseError, ValueError, OSError) as error:
        raise StoreError(f"{listing.place}: {_first_words(error)}") from None
    return sorted(keys, key=str.encode)


def _opened(stores: Any, listing: Listing) -> Any:
    options: dict[str, Any] = {
        "retry_config": _RETRIES,
        "client_options": {"connect_timeout": _CONNECT, "allow_http": listing.plain_http},
    }
    if listing.credentials is not None:
        pair = {**listing.credentials, "expires_at": None}
        options["credential_provider"] = lambda: dict(pair)
    return getattr(stores, listing.store)(listing.place, config=dict(listing.config), **options)


def _first_words(error: Exception) -> str:
    """Return what the server says, else the library's words without its own insides."""
    text = str(error).split("\n\nDebug source:")[0].strip()
    said = _SAID.search(text)
    return said[1] if said else text
