"""Every function under `sprig`, and those that are refused.

Read by `functions`. Argo takes sprig's whole list but `env` and `expandenv` (Argo: 2.4).
"""

from __future__ import annotations

from collections.abc import Mapping

from argotui.expr.run import Table
from argotui.expr.semver import SEMVER
from argotui.expr.sprig_data import SPRIG_DATA
from argotui.expr.sprig_list import SPRIG_LIST
from argotui.expr.sprig_number import SPRIG_NUMBER
from argotui.expr.sprig_text import SPRIG_TEXT

SPRIG: Table = {**SPRIG_TEXT, **SPRIG_NUMBER, **SPRIG_LIST, **SPRIG_DATA, **SEMVER}

_CHANCE = "it gives another value at each evaluation, and a run must give the same after a crash"
_KEYS = "keys and passwords are not made here; make them in a step"
_OUTSIDE = "Argo removes it: expressions see nothing of the machine"
_NETWORK = "expressions have no network"
REFUSED: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "randAlpha",
            "randAlphaNum",
            "randAscii",
            "randBytes",
            "randInt",
            "randNumeric",
            "shuffle",
            "uuidv4",
        ),
        _CHANCE,
    ),
    **dict.fromkeys(
        (
            "bcrypt",
            "buildCustomCert",
            "decryptAES",
            "derivePassword",
            "encryptAES",
            "genCA",
            "genCAWithKey",
            "genPrivateKey",
            "genSelfSignedCert",
            "genSelfSignedCertWithKey",
            "genSignedCert",
            "genSignedCertWithKey",
            "htpasswd",
        ),
        _KEYS,
    ),
    "env": _OUTSIDE,
    "expandenv": _OUTSIDE,
    "getHostByName": _NETWORK,
}
