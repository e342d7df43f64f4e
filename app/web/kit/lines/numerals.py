"""Numbers as people type them. The line grid reads them alike (`static/js/lines/exact.js`), and a test holds the two together.

Nothing here rounds.
"""

import re
from decimal import Decimal

_BLANKS = str.maketrans({" ": "", "\u00a0": "", "\u202f": "", "'": "", "’": "", "\u2212": "-"})
_PLAIN = re.compile(r"-?([0-9]+\.?[0-9]*|\.[0-9]+)")
#: Thousands, and lakhs: the last group has three digits, and what begins with zero has no thousands.
_GROUPED = re.compile(r"-?[1-9][0-9]{0,2}(,[0-9]{2,3})*,[0-9]{3}")
_OTHER = {",": ".", ".": ","}
#: Digits before the point: a number with more fits no column.
_MOST_DIGITS = 13


def read_decimal(text: str, *, group: str) -> Decimal:
    """The number meant by `text`: comma or point, blanks or apostrophes between thousands.

    A single comma or point is the decimal one, unless it is `group`, the user's own sign between thousands, and stands
    where that would: so whatever the program shows can be typed again. Refused (ValueError): anything else.
    """
    bare = _without_groups(text.strip().translate(_BLANKS), group).replace(",", ".")
    if not _PLAIN.fullmatch(bare):
        raise ValueError(text)
    value = Decimal(bare)
    if value.adjusted() >= _MOST_DIGITS:
        raise ValueError(text)
    return value


def _without_groups(bare: str, group: str) -> str:
    sign = _sign_between_thousands(bare, group)
    if sign is None:
        return bare
    whole, point, rest = bare.partition(_OTHER[sign])
    return whole.replace(sign, "") + point + rest if _GROUPED.fullmatch(whole.replace(sign, ",")) else bare


def _sign_between_thousands(bare: str, group: str) -> str | None:
    if "," in bare and "." in bare:  # the later of the two is the decimal one
        return "," if bare.rfind(",") < bare.rfind(".") else "."
    sign = "," if "," in bare else "."
    return sign if sign == group or bare.count(sign) > 1 else None
