"""Object stores: an artifact location of Argo -> the keys below it. Argo: 3.9, 5.1.

Called by runtimes/data, in a thread. The library is an extra, loaded when a store is asked for.
"""

from __future__ import annotations

from argotui.runtimes.stores.errors import StoreError
from argotui.runtimes.stores.listing import Listing, list_keys
from argotui.runtimes.stores.locations import to_list

__all__ = ["Listing", "StoreError", "list_keys", "to_list"]
