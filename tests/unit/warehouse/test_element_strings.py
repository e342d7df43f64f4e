"""GS1 codes: item, lot, expiry, serial number and quantity out of what scanners send and people type."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean

from app.errors import Invalid
from modules.warehouse.barcodes import check_barcode, key_of
from modules.warehouse.element_strings import GS, Label, label_of, read_label

GTIN = "09501101530003"  # of GS1's own examples
#: as scanners send them and GS1's pages and General Specifications print them → what they say
STRINGS: list[tuple[str, Label]] = [
    (f"01{GTIN}", Label(GTIN)),
    (f"]C101{GTIN}", Label(GTIN)),
    (f"]d201{GTIN}1714070410AB-123", Label(GTIN, lot="AB-123", expires=date(2014, 7, 4))),
    (f"]Q301{GTIN}10AB-123{GS}17140704", Label(GTIN, lot="AB-123", expires=date(2014, 7, 4))),
    (f"]e001{GTIN}3103001750", Label(GTIN, weight=Decimal("1.750"))),
    (f"{GS}01{GTIN}21123{GS}10L7{GS}", Label(GTIN, lot="L7", serial="123")),
    (f"17140704{GS}01{GTIN}", Label(GTIN, expires=date(2014, 7, 4))),
    (f"1528022901{GTIN}", Label(GTIN, expires=date(2028, 2, 29))),
    (f"01{GTIN}172802001528013110L", Label(GTIN, lot="L", expires=date(2028, 2, 29))),
    (f"01{GTIN}3012{GS}10L", Label(GTIN, lot="L", count=12)),
    (f"02{GTIN}3724", Label(GTIN, count=24)),
    (f"00340123450000000000{GS}02{GTIN}3748{GS}10L", Label(GTIN, lot="L", count=48)),
    (f"01{GTIN}9112345{GS}10L", Label(GTIN, lot="L")),
    (f"(01){GTIN}(10)AB-123(17)140700", Label(GTIN, lot="AB-123", expires=date(2014, 7, 31))),
    (f"(01) {GTIN} (3102) 000400 (21) 7", Label(GTIN, serial="7", weight=Decimal("4.00"))),
    (f"01{GTIN}10AB12317250731", Label(GTIN, lot="AB12317250731", swallowed="AB12317250731")),
]
#: that aren't such strings
OTHERS = [
    "",
    "4012345001235",
    GTIN,
    "ABC-01",
    "0112345",
    "123456789012345678",
    "0112345678901234",
    "(A) 12",
    "]E04012345001235",
]


#: that are such strings, and can't be read: an unknown identifier, letters that none has, a day or an amount that isn't one,
#: more digits than there may be, nothing behind an identifier
REFUSED = [
    f"01{GTIN}17149904{GS}10L",
    f"]C101{GTIN[:-1]}",
    f"(01){GTIN}(77)1",
    f"(01){GTIN}(17)1407",
    f"01{GTIN}{GS}30",
    f"01{GTIN}10ü7",
    f"01{GTIN}10a b{GS}",
    f"01{GTIN}10{GS}",
    f"01{GTIN}21{GS}17491231",
    f"01{GTIN}23123",
    f"01{GTIN}3106001750",
    f"01{GTIN}310300175",
    f"(01){GTIN}5(10)L",
    f"(01){GTIN}(10){'L' * 21}",
    f"(01){GTIN}(30)123456789",
    f"(01){GTIN}(11)260230",
    f"(01){GTIN}(7003)2602282560",
    f"02{GTIN}20461{GS}",
]


@pytest.mark.parametrize(("text", "label"), STRINGS)
def test_what_stands_on_a_label_is_read(text: str, label: Label) -> None:
    assert read_label(text) == label
    assert key_of(text) == key_of(GTIN)


@pytest.mark.parametrize("text", OTHERS)
def test_other_codes_stay_what_they_are(text: str) -> None:
    assert read_label(text) is None


@pytest.mark.parametrize("text", REFUSED)
def test_what_cant_be_read_says_how_the_scanner_is_set(text: str) -> None:
    with pytest.raises(Invalid, match="Set your scanner to send GS"):
        read_label(text)
    assert label_of(text) is None


def test_a_label_without_an_item_says_so() -> None:
    with pytest.raises(Invalid, match="names no item"):
        read_label("(10)L7(17)140704")


def test_of_a_label_the_gtin_is_the_barcode() -> None:
    assert check_barcode(f"]C101{GTIN}10L") == GTIN[1:]
    assert check_barcode("]E04012345001235") == "4012345001235"
    with pytest.raises(Invalid, match="the last would be 3"):
        check_barcode(f"(01){GTIN[:-1]}4(10)L")


_signs = st.text("ABCxyz0123456789-/._", min_size=1, max_size=20)
_parts = st.fixed_dictionaries(
    {},
    optional={
        "10": _signs,
        "21": _signs,
        "17": st.dates(date(2000, 1, 1), date(2049, 12, 31)).map(lambda day: f"{day:%y%m%d}"),
        "30": st.integers(1, 99_999_999).map(str),
        "3103": st.integers(0, 999_999).map(lambda n: f"{n:06}"),
    },
)


@given(st.integers(1, 10**13 - 1), _parts, st.randoms(use_true_random=False), st.sampled_from(["", "]C1", "]d2", "()"]))
def test_what_is_composed_is_read_again(number: int, parts: dict[str, Any], chance: Any, way: str) -> None:
    digits = f"{number:013}"
    gtin = digits + ean.calc_check_digit(digits)
    elements = [("01", gtin), *parts.items()]
    if way:
        chance.shuffle(elements)
    if way == "()":
        text = "".join(f"({ai}){value}" for ai, value in elements)
    else:
        text = way + "".join(f"{ai}{value}{GS if ai in ('10', '21', '30') else ''}" for ai, value in elements)
    day, count, weight = parts.get("17"), parts.get("30"), parts.get("3103")
    assert read_label(text) == Label(
        gtin,
        lot=parts.get("10", ""),
        serial=parts.get("21", ""),
        expires=date(2000 + int(day[:2]), int(day[2:4]), int(day[4:])) if day else None,
        count=int(count) if count else None,
        weight=Decimal(weight).scaleb(-3) if weight else None,
    )
