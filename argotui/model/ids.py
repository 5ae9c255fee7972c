"""Names of nodes and pods: node name -> id -> pod name, as Argo makes them."""

from __future__ import annotations

from functools import lru_cache

_FNV_OFFSET = 0x811C9DC5
_FNV_PRIME = 0x01000193
_POD_PREFIX_MAX = 242


# a name is asked for at every visit of its node, and long ones cost: a few thousand are kept
@lru_cache(maxsize=8192)
def fnv1a32(text: str) -> int:
    """Return the 32-bit FNV-1a hash of the UTF-8 bytes of `text`."""
    value = _FNV_OFFSET
    for byte in text.encode():
        value = ((value ^ byte) * _FNV_PRIME) & 0xFFFFFFFF
    return value


def node_id(workflow: str, node_name: str) -> str:
    """Return the id of a node. Argo: 1.3."""
    return workflow if node_name == workflow else f"{workflow}-{fnv1a32(node_name)}"


def pod_name(workflow: str, node_name: str, template: str) -> str:
    """Return the name of a node's pod (v2); `template` is empty for inline ones. Argo: 1.3."""
    if node_name == workflow:
        return workflow
    prefix = f"{workflow}-{template}" if template else workflow
    return f"{prefix[:_POD_PREFIX_MAX]}-{fnv1a32(node_name)}"
