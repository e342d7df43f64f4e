"""Whole numbers in Vietnamese words, as accounts write them. Pure.

num2words leaves the empty hundreds out (1015 would be “một nghìn lẻ mười lăm”); on vouchers they are said: “một nghìn không
trăm mười lăm”, so that nothing can be put between.
"""

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_GROUPS = ("", "nghìn", "triệu")
_BILLION = 1_000_000_000


def vietnamese_words(number: int) -> str:
    """A whole number, not below zero, in words."""
    return _said(number, is_within=False) if number else _DIGITS[0]


def _said(number: int, *, is_within: bool) -> str:
    """`is_within`: there are higher groups before it, so its empty hundreds are said."""
    billions, rest = divmod(number, _BILLION)
    parts = [_said(billions, is_within=is_within), "tỷ"] if billions else []
    for power in (2, 1, 0):
        if group := rest // 1000**power % 1000:
            parts += [_group(group, is_within=is_within or bool(parts)), _GROUPS[power]]
    return " ".join(part for part in parts if part)


def _group(number: int, *, is_within: bool) -> str:
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    parts = [_DIGITS[hundreds], "trăm"] if hundreds or is_within else []
    if tens > 1:
        parts += [_DIGITS[tens], "mươi"]
    elif tens == 1:
        parts.append("mười")
    elif ones and parts:
        parts.append("lẻ")
    if ones:
        parts.append("mốt" if tens > 1 and ones == 1 else "lăm" if tens and ones == 5 else _DIGITS[ones])
    return " ".join(parts)
