"""What a GS1 code on a label says beside which item it is: lot, expiry, serial number, quantity (GS1 General Specifications,
chapters 3 and 7.8). No database. A page that has to go on without a network reads alike (`static/js/element-strings.js`).
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from app.api.errors import Invalid
from app.api.texts import lazy_gettext as _l

if TYPE_CHECKING:
    from biip.gs1_element_strings import GS1ElementString
    from biip.gs1_messages import GS1Message

#: what stands behind an element of no fixed length: FNC1, as scanners send it
GS = "\x1d"
#: the kind of symbol that a scanner read, as some send it before the code (ISO/IEC 15424)
_SYMBOL = re.compile(r"\][A-Za-z][0-9A-Za-z]")
#: elements of no fixed length
_OPEN = ("10", "21")
_OF_GS1 = ("]C1", "]d2", "]Q3", "]J1", "]e0")
_BRACKETED = re.compile(r"\(\d{2,4}\)")
#: without GS, brackets or symbol: a GTIN, perhaps behind days
_PLAIN = re.compile(r"(?:1[1-7]\d{6})*0[12](\d{14})")
#: a day behind something
_DAY_BEHIND = re.compile(r".1[1357]\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])")


@dataclass(frozen=True, slots=True)
class Label:
    """What a code says. `gtin` has 14 digits; `count` is of what it names; `weight` is in kilograms, net.

    `swallowed`: a lot or serial number at the end that looks as if another element stood in it, as no GS came.
    """

    gtin: str
    lot: str = ""
    serial: str = ""
    expires: date | None = None
    count: int | None = None
    weight: Decimal | None = None
    swallowed: str = ""


def without_symbol(text: str) -> str:
    """A code without what a scanner says of the kind of symbol."""
    return _SYMBOL.sub("", text, count=1) if text.startswith("]") else text


def read_label(text: str) -> Label | None:
    """What an element string says, with GS between its elements or with their identifiers in brackets; None for any other text.
    The best-before day is the expiry where there is no other; day 00 is the last of the month.

    Refused (Invalid): what is an element string, but can't be read, or names no item.
    """
    text = text.strip().strip(GS)
    if not _is_element_string(text):
        return None
    message = _parsed(text)
    said: dict[str, GS1ElementString] = {}
    for element in message.element_strings:
        if not element.value:  # biip takes a count of no digits for one
            raise _unreadable(text)
        said.setdefault(element.ai.ai, element)
    gtin = said.get("01") or said.get("02")
    if gtin is None:
        raise Invalid(_l("This code names no item: it has no GTIN, which is (01) or (02)."))
    lot, serial, count = said.get("10"), said.get("21"), said.get("30") or said.get("37")
    expires = said.get("17") or said.get("15")
    return Label(
        gtin=gtin.value,
        lot=lot.value if lot else "",
        serial=serial.value if serial else "",
        expires=expires.date if expires else None,
        count=int(count.value) if count else None,
        weight=next((each.decimal for ai, each in said.items() if ai.startswith("310")), None),
        swallowed=_swallowed(text, message.element_strings[-1]),
    )


def sscc_of_label(text: str) -> str:
    """The Serial Shipping Container Code, (00), that a code says among others or is by itself, 18 digits; empty: none, or one
    whose check digit is wrong."""
    bare = without_symbol(text.strip().strip(GS)).strip(GS)
    digits = re.fullmatch(r"(?:00)?(\d{18})", bare) or re.match(r"(?:\(00\) ?|00)(\d{18})", bare)
    found = digits[1] if digits else ""
    if not found and _is_element_string(text.strip()):
        try:
            said = _parsed(text.strip().strip(GS)).element_strings
        except Invalid:
            return ""
        found = next((each.value for each in said if each.ai.ai == "00"), "")
    from stdnum import ean

    return found if found and ean.calc_check_digit(found[:-1]) == found[-1] else ""


def label_of(text: str) -> Label | None:
    """As `read_label`; None for what can't be read, too."""
    try:
        return read_label(text)
    except Invalid:
        return None


def element_string(label: Label) -> str:
    """What a label says of item, expiry, lot and serial number, as a scanner gives it, with GS behind an element of no fixed
    length that another follows. Empty where `read_label` would read anything else: a lot that is too long, or has a letter that
    GS1 has no sign for, a day more than some fifty years away, what isn't a GTIN."""
    if not label.gtin:
        return ""
    *before, last = _elements(label)
    text = "".join(f"{ai}{value}{GS if ai in _OPEN else ''}" for ai, value in before) + "".join(last)
    said = label_of(text)
    return text if said is not None and replace(said, swallowed="") == label else ""


def readable(label: Label) -> str:
    """The same as it stands below the bars: identifiers in brackets."""
    return "".join(f"({ai}){value}" for ai, value in _elements(label))


def _elements(label: Label) -> list[tuple[str, str]]:
    """Those of a fixed length first."""
    expires = f"{label.expires:%y%m%d}" if label.expires else ""
    said = (("01", label.gtin), ("17", expires), ("10", label.lot), ("21", label.serial))
    return [(ai, value) for ai, value in said if value]


def _is_element_string(text: str) -> bool:
    if text.startswith(_OF_GS1) or GS in text or _BRACKETED.match(text):
        return True
    from stdnum import ean  # 35 ms, which most commands never need

    found = _PLAIN.match(text)
    return found is not None and ean.calc_check_digit(found[1][:-1]) == found[1][-1]


def _parsed(text: str) -> "GS1Message":
    from biip import ParseError  # 100 ms, which most commands never need
    from biip.gs1_messages import GS1Message

    try:
        return GS1Message.parse_hri(text) if _BRACKETED.match(text) else GS1Message.parse(without_symbol(text))
    except ParseError as error:
        raise _unreadable(text) from error


def _unreadable(text: str) -> Invalid:
    message = _l(
        "“%(text)s” can't be read as a GS1 code. Set your scanner to send GS (FNC1) as the character ASCII 29, or type"
        " what stands below the bars, with its brackets.",
        text=text.replace(GS, " "),
    )
    return Invalid(message, field="barcode")


def _swallowed(text: str, last: "GS1ElementString") -> str:
    is_open = last.ai.ai in _OPEN and GS not in text and not _BRACKETED.match(text)
    return last.value if is_open and _DAY_BEHIND.search(last.value) else ""
