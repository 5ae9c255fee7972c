"""Powers of floats as Go's math.Pow computes them, to the last bit where C's may differ.

Called by the operators, here and in `when`.
"""

from __future__ import annotations

import math

_MOST = 1 << 12  # beyond this exponent the result is infinite or zero


def go_pow(base: float, exponent: float) -> float:
    """Return `base ** exponent`; infinite or not a number where C reports an error."""
    special = _special(base, exponent)
    return _scaled(base, exponent) if special is None else special


def _special(base: float, exponent: float) -> float | None:
    if exponent == 0 or base == 1:
        return 1.0
    if exponent == 1:
        return base
    usual = base != 0 and math.isfinite(base) and abs(exponent) < 1 << 63
    if usual and exponent == 0.5 and base > 0:
        return math.sqrt(base)
    if usual and exponent == -0.5 and base > 0:
        return 1 / math.sqrt(base)
    if usual and (base > 0 or exponent.is_integer()):
        return None
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return math.inf
    except ValueError:
        if base != 0:
            return math.nan
        odd = exponent.is_integer() and exponent % 2 == 1
        return math.copysign(math.inf, base) if odd else math.inf


def _scaled(base: float, exponent: float) -> float:
    """Square and multiply on the mantissa, with the exponent of two apart."""
    part, count = math.modf(abs(exponent))
    whole = int(count)
    result, shift = 1.0, 0
    if part:
        if part > 0.5:
            part, whole = part - 1, whole + 1
        result = math.exp(part * math.log(base))
    mantissa, power = math.frexp(base)
    while whole:
        if abs(power) > _MOST:
            shift += power
            break
        if whole & 1:
            result, shift = result * mantissa, shift + power
        mantissa, power = mantissa * mantissa, power * 2
        if mantissa < 0.5:
            mantissa, power = mantissa + mantissa, power - 1
        whole >>= 1
    if exponent < 0:
        result, shift = 1 / result, -shift
    try:
        return math.ldexp(result, shift)
    except OverflowError:
        return math.copysign(math.inf, result)
