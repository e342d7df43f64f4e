"""What a number format of a spreadsheet makes of a whole number, where it adds digits or signs (ECMA-376, 18.8.31)."""

import re

_BRACKETS = re.compile(r"\[[^\]]*\]")
_TOKEN = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|([0#?]+)|(\.)|(.)', re.DOTALL)
#: signs that stand for themselves without quotes
_LITERALS = frozenset("-+/(): $€£¥₽₫")


def shown(number: float, code: str) -> str | None:
    """The number as its format shows it, where that is more than its plain digits: 417 as `0000417` or `A-417`.

    None where the plain digits are what counts: negative numbers, fractions, thousands, percent, dates.
    """
    tokens = _tokens(code)
    if tokens is None or number < 0 or number >= 10**15:
        return None
    places = "".join(text for is_place, text in tokens if is_place)
    whole, point, fraction = places.partition(".")
    if not whole or (point and whole.count("0") < 2):
        return None
    if point:
        digits = f"{number:.{len(fraction)}f}"
        if float(digits) != number:
            return None
        digits = digits.partition(".")[0] + digits.partition(".")[2]
    elif not float(number).is_integer():
        return None
    else:
        digits = str(int(number))
    text = _filled(tokens, places, digits)
    return None if text == (f"{number:.15g}") else text


def _tokens(code: str) -> list[tuple[bool, str]] | None:
    """Runs of digit places (True) and of literals (False) of the section for numbers above zero; None: no such format."""
    section = code.split(";", 1)[0] if '"' not in code else _first_section(code)
    if any(sign in section for sign in ("[<", "[>", "[=")):
        return None
    found: list[tuple[bool, str]] = []
    for match in _TOKEN.finditer(_BRACKETS.sub("", section)):
        quoted, escaped, places, point, other = match.groups()
        if places or point:
            found.append((True, places or point))
        elif quoted is not None or escaped is not None:
            found.append((False, quoted if quoted is not None else escaped))
        elif other is not None:
            if other not in _LITERALS:
                return None
            found.append((False, other))
    points = sum(text == "." for is_place, text in found if is_place)
    return found if points < 2 else None


def _first_section(code: str) -> str:
    quoted = False
    for i, sign in enumerate(code):
        if sign == '"':
            quoted = not quoted
        elif sign == ";" and not quoted:
            return code[:i]
    return code


def _filled(tokens: list[tuple[bool, str]], places: str, digits: str) -> str:
    """The digits in their places, from the right; what is left over stands before the first place."""
    wanted = len(places.replace(".", ""))
    optional = places.replace(".", "")
    surplus, digits = digits[: max(0, len(digits) - wanted)], digits[-wanted:]
    padded = digits.rjust(wanted)
    text, at = [], 0
    for is_place, piece in tokens:
        if not is_place or piece == ".":
            text.append(piece)
            continue
        for _sign in piece:
            digit = padded[at]
            text.append((surplus if at == 0 else "") + (digit if digit != " " else "0" if optional[at] == "0" else ""))
            at += 1
    return "".join(text).strip()
