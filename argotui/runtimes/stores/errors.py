"""What goes wrong with a store, for the message of a node."""

from __future__ import annotations


class StoreError(Exception):
    """A location that says too little, or a store that refuses: in words for people."""
