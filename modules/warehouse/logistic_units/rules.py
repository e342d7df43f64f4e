"""How boxes and pallets are numbered: the Serial Shipping Container Code (GS1 General Specifications 3.3.1, 7.9), and numbers
of one's own that can't be taken for one. No database.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.api.errors import Invalid
from app.api.texts import lazy_gettext as _l
from modules.warehouse.element_strings import sscc_of_label

#: so many are made at once
MOST = 200
_PREFIX = re.compile(r"\d{4,12}")
#: before the check digit: extension digit, company prefix and serial number
_BODY = 17


@dataclass(frozen=True, slots=True)
class Packed:
    """What a unit holds of one lot of an item, in units of the scale."""

    unit: int
    units: int


def check_digit(body: str) -> str:
    """What stands behind these digits: from the right they count three and one by turns, up to the next ten (7.9)."""
    total = sum(int(digit) * (3 if i % 2 == 0 else 1) for i, digit in enumerate(reversed(body)))
    return str(-total % 10)


def is_sscc(code: str) -> bool:
    """Whether a code is 18 digits, of which the last is right."""
    return len(code) == _BODY + 1 and code.isascii() and code.isdecimal() and check_digit(code[:-1]) == code[-1]


def sscc_of(prefix: str, number: int) -> str:
    """The SSCC of a serial number under a company prefix; the extension digit is the highest of the serial number. Refused
    (Invalid): a number for which there is no room left."""
    body = f"{number:0{_BODY - len(prefix)}d}"
    if len(prefix) + len(body) > _BODY:
        raise Invalid(_l("All numbers under this GS1 company prefix are used up. Set another."), field="prefix")
    body = body[0] + prefix + body[1:]
    return body + check_digit(body)


def code_of(prefix: str, number: int) -> str:
    """The code of the unit with this serial number: an SSCC, or without a prefix a number that can't be one."""
    return sscc_of(prefix, number) if prefix else f"LU-{number:06d}"


def unit_code(text: str) -> str:
    """A code as it is kept, of what was typed or scanned: the SSCC alone, other texts in capitals."""
    return sscc_of_label(text) or " ".join(text.split()).upper()


def checked_prefix(text: str) -> str:
    """A company prefix as it is kept. Refused (Invalid): anything but 4 to 12 digits, or nothing."""
    prefix = "".join(text.split())
    if prefix and not _PREFIX.fullmatch(prefix):
        words = _l("A GS1 company prefix has 4 to 12 digits. Leave it empty if you have none.")
        raise Invalid(words, field="prefix")
    return prefix


def taken_out(packed: Iterable[Packed], wanted: int) -> Iterator[Packed]:
    """How much of so many units is taken out of which, in their order."""
    for each in packed:
        if units := min(each.units, wanted):
            wanted -= units
            yield Packed(each.unit, units)
