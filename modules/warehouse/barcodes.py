"""What is right of barcodes: GTINs by their check digit, a company's own as they are (ADR 20); and when two are one. Of an
element string the GTIN alone is a barcode (ADR 94). No database."""

import re

from app.api.errors import Invalid
from app.api.texts import lazy_gettext as _l
from modules.warehouse.element_strings import label_of, read_label, without_symbol

#: a number as it stands below the bars of a label
_PRINTED = re.compile(r"[0-9][0-9 -]*")
#: EAN-8, UPC-A, EAN-13, GTIN-14
_LENGTHS = (8, 12, 13, 14)


def check_barcode(text: str, *, field: str = "barcode") -> str:
    """The barcode as a scanner gives it: blanks and hyphens that a label has between the digits of a GTIN are left out; of an
    element string, its GTIN.

    Refused (Invalid), at `field`: what `read_label` refuses; 8, 12, 13 or 14 digits whose last is not the check digit of the
    others (GS1 General Specifications, 7.9). Whatever has letters or another length is a code of the company's own, and right.
    """
    label = read_label(text)
    digits = scanned(label.gtin.removeprefix("0") if label else text)
    if not digits.isdecimal() or len(digits) not in _LENGTHS:
        return digits
    from stdnum import ean  # 35 ms, which most commands never need

    wanted = ean.calc_check_digit(digits[:-1])
    if digits[-1] != wanted:
        message = _l(
            "A digit of “%(text)s” is wrong: with the others right, the last would be %(digit)s. Scan it, or compare each"
            " digit with the label.",
            text=text,
            digit=wanted,
        )
        raise Invalid(message, field=field)
    return digits


def key_of(barcode: str) -> str:
    """What is the same for every length in which a GTIN is written: its 14 digits, with zeros before shorter ones (GS1 General
    Specifications, 3.3.2). Of a company's own code, and of what can't be read, the code itself."""
    label = label_of(barcode)
    code = scanned(label.gtin if label else barcode)
    return code.zfill(14) if code.isascii() and code.isdecimal() and len(code) in _LENGTHS else code


def scanned(text: str) -> str:
    """The barcode as a label has it, whether it is right or not."""
    text = without_symbol(text.strip())
    digits = re.sub("[ -]", "", text)
    return digits if _PRINTED.fullmatch(text) and len(digits) in _LENGTHS else text
