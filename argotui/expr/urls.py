"""URLs as Go's net/url takes them apart and puts them together, for sprig's urlParse and urlJoin.

Listed in `sprig` by `sprig_data`.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Any

from argotui.expr.errors import ExpressionError
from argotui.expr.gotext import from_utf8, quote, reflect_kind

_PARTS = ("scheme", "host", "path", "query", "opaque", "fragment", "userinfo")
_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
_PATH = _PLAIN | frozenset(b"$&+,/:;=@")
_USER = _PLAIN | frozenset(b"$&+,;=")
_FRAGMENT = _PLAIN | frozenset(b"!$&()*+,/:;=?@")
_HOST = _PLAIN | frozenset(b"!\"$&'()*+,:;<=>[]")
_USERINFO = re.compile(r"[A-Za-z0-9\-._:~!$&'()*+,;=%@]*")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_ESCAPE = re.compile(rb"%[0-9A-Fa-f]{2}")
_PORT = re.compile(r"(?::[0-9]*)?")


def url_parse(text: str) -> dict[str, str]:
    """Return the parts of a URL, unescaped; raises ExpressionError in Go's words."""
    whole, _, fragment = text.partition("#")
    try:
        parts = _parsed(whole)
    except ExpressionError as error:
        raise _unable(whole, error) from None
    try:
        return {**parts, "fragment": _unescaped(fragment)}
    except ExpressionError as error:
        raise _unable(text, error) from None


def _unable(text: str, error: ExpressionError) -> ExpressionError:
    return ExpressionError(f"unable to parse url: parse {quote(text)}: {error.message}")


def _parsed(text: str) -> dict[str, str]:
    if re.search(r"[\x00-\x1f\x7f]", text):
        raise ExpressionError("net/url: invalid control character in URL")
    parts = dict.fromkeys((*_PARTS, "hostname"), "")
    if text.startswith(":"):
        raise ExpressionError("missing protocol scheme")
    if found := _SCHEME.match(text):
        parts["scheme"] = found[1].lower()
    rest, _, parts["query"] = text[found.end() if found else 0 :].partition("?")
    if found and not rest.startswith("/"):
        return parts | {"opaque": rest}
    if not rest.startswith("/") and ":" in rest.partition("/")[0]:
        raise ExpressionError("first path segment in URL cannot contain colon")
    if rest.startswith("//") and (found or not rest.startswith("///")):
        authority, slash, tail = rest[2:].partition("/")
        parts |= _authority(authority)
        rest = slash + tail
    return parts | {"path": _unescaped(rest)}


def _authority(text: str) -> dict[str, str]:
    user, at, host = text.rpartition("@")
    host = _host(host)
    if at and not _USERINFO.fullmatch(user):
        raise ExpressionError("net/url: invalid userinfo")
    names = (_escaped(_unescaped(name), _USER) for name in user.split(":", 1))
    return {"host": host, "hostname": _hostname(host), "userinfo": ":".join(names) if at else ""}


def _host(text: str) -> str:
    opening = text.rfind("[")
    if opening > 0:
        raise ExpressionError("invalid IP-literal")
    if opening == 0:
        return _literal(text)
    colon = text.rfind(":")
    _port(text[colon:] if colon >= 0 else "")
    return _unescaped(text, host=True)


def _literal(text: str) -> str:
    address, closing, port = text[1:].rpartition("]")
    if not closing:
        raise ExpressionError("missing ']' in host")
    _port(port)
    address = _unescaped(address, host=True)
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        raise ExpressionError(f"invalid host: ParseAddr({quote(address)})") from None
    if known.version == 4:
        raise ExpressionError("invalid IP-literal")
    return f"[{address}]{port}"


def _port(text: str) -> None:
    if not _PORT.fullmatch(text):
        raise ExpressionError(f"invalid port {quote(text)} after host")


def _hostname(host: str) -> str:
    before, colon, port = host.rpartition(":")
    name = before if colon and _PORT.fullmatch(":" + port) else host
    return name[1:-1] if name.startswith("[") and name.endswith("]") else name


def _unescaped(text: str, *, host: bool = False) -> str:
    encoded = text.encode()
    at = 0
    while at < len(encoded):
        if encoded[at] == ord("%"):
            part = encoded[at : at + 3]
            low = host and part[1:2] < b"8" and part != b"%25"  # only what is not ASCII
            if not _ESCAPE.fullmatch(part) or low:
                raise ExpressionError(f"invalid URL escape {quote(from_utf8(part))}")
            at += 2
        elif host and encoded[at] < 0x80 and encoded[at] not in _HOST:
            raise ExpressionError(f"invalid character {quote(chr(encoded[at]))} in host name")
        at += 1
    return from_utf8(_ESCAPE.sub(lambda found: bytes([int(found[0][1:], 16)]), encoded))


def _escaped(text: str, plain: frozenset[int]) -> str:
    return "".join(chr(byte) if byte in plain else f"%{byte:02X}" for byte in text.encode())


def url_join(parts: Mapping[str, Any]) -> str:
    """Return the URL of parts as urlParse gives them; raises ExpressionError."""
    texts = {name: parts.get(name, "") for name in _PARTS}
    for name, value in texts.items():
        if not isinstance(value, str):
            kind = reflect_kind(value)
            raise ExpressionError(
                f"unable to parse {name} key, must be of type string, but {kind} found"
            )
    scheme = texts["scheme"] + ":" if texts["scheme"] else ""
    query = "?" + texts["query"] if texts["query"] else ""
    fragment = "#" + _escaped(texts["fragment"], _FRAGMENT) if texts["fragment"] else ""
    place = _place(texts)
    return scheme + (texts["opaque"] or place) + query + fragment


def _place(texts: Mapping[str, str]) -> str:
    user = _userinfo(texts["userinfo"]) if texts["userinfo"] else ""
    host, path = _escaped(texts["host"], _HOST), texts["path"]
    path = "*" if path == "*" else _escaped(path, _PATH)
    begun = host or user or (texts["scheme"] and path)
    slash = "/" if host and path[:1] not in ("/", "") else ""
    dot = "./" if not (begun or texts["scheme"]) and ":" in path.partition("/")[0] else ""
    return f"{'//' if begun else ''}{user}{host}{slash}{dot}{path}"


def _userinfo(text: str) -> str:
    try:
        found = url_parse(f"proto://{text}@host")["userinfo"]
    except ExpressionError as error:
        why = error.message.removeprefix("unable to parse url: ")
        raise ExpressionError(f"unable to parse userinfo in dict: {why}") from None
    return found + "@" if "@" in re.split("[/?#]", text + "@", maxsplit=1)[0] else ""
