"""Codes that a scanner reads, as SVG for Typst: EAN-13 and EAN-8 where the digits are one, GS1-128 of element strings, Code 128
of everything else; and QR codes."""

import io
from math import inf

from modules.warehouse.element_strings import GS
from modules.warehouse.models import Item

#: of an EAN, white around it that a scanner needs, in modules (GS1 General Specifications 5.2.3.4); Code 128 needs ten
_QUIET = 11
_EANS = {8: "ean8", 13: "ean13"}
#: millimetres of the narrowest bar that scanners are made for (GS1 General Specifications, 5.12: of GS1-128 in health care)
_NARROWEST = 0.17


def scanned_code(item: Item) -> str:
    """What a label of the item says to a scanner: its barcode, or else its code."""
    return item.barcode or item.code


def bars(text: str) -> str:
    """The bars of a code, a picture that may be stretched; empty where Code 128 has no signs for it, such as of Cyrillic."""
    import barcode

    kind = _EANS.get(len(text), "") if text.isdecimal() else ""
    if kind and not _is_ean(text):
        kind = ""
    if not kind and not (text and all(" " <= sign <= "~" for sign in text)):
        return ""
    (modules,) = barcode.get(kind or "code128", text).build()
    return _drawn(modules)


def gs1_bars(text: str, width: float = inf) -> str:
    """The bars of an element string with GS between its elements: GS1-128, which is Code 128 with FNC1 first and for each GS.
    Empty where they would be too narrow to read on so many millimetres."""
    import barcode
    from barcode.codex import Gs1_128

    (modules,) = barcode.get("gs1_128", text.replace(GS, Gs1_128.FNC1_CHAR)).build()
    return _drawn(modules) if (len(modules) + 2 * _QUIET) * _NARROWEST <= width else ""


def qr_picture(code: str) -> str:
    """A QR code as SVG, with error correction M as the standards of payment ask."""
    import segno

    picture = io.BytesIO()
    segno.make(code, error="m", micro=False).save(picture, kind="svg", xmldecl=False, border=0, omitsize=True)
    return picture.getvalue().decode()


def _drawn(modules: str) -> str:
    width, x, drawn = len(modules) + 2 * _QUIET, _QUIET, []
    for run in _runs(modules):
        if run[0] == "1":
            drawn.append(f'<rect x="{x}" y="0" width="{len(run)}" height="40"/>')
        x += len(run)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 40" preserveAspectRatio="none">'
    return f"{head}{''.join(drawn)}</svg>"


def _is_ean(digits: str) -> bool:
    from stdnum import ean

    return bool(ean.is_valid(digits))


def _runs(modules: str) -> list[str]:
    """Bars and gaps as they follow each other."""
    return modules.replace("10", "1 0").replace("01", "0 1").split()
