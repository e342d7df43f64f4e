"""What a label of goods says in bars is read back: the same item, lot, serial number and day."""

import re
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

from barcode.charsets import code128
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean

from modules.warehouse.element_strings import GS, Label, element_string, read_label, readable
from modules.warehouse.labels.bars import gs1_bars

#: the 82 signs of elements (GS1 General Specifications, 7.11)
_SIGNS = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_said = st.one_of(
    st.text(_SIGNS, min_size=1, max_size=20),
    st.text("0123456789", min_size=1, max_size=20),  # which Code 128 packs in pairs
    st.sampled_from(["10L7", "L17271231", "21", "(10)A", "01040123450012"]),  # as if other elements stood in them
)
_gtins = st.integers(1, 10**13 - 1).map(lambda n: f"{n:013}").map(lambda digits: digits + ean.calc_check_digit(digits))
_days = st.none() | st.integers(-3000, 12000).map(lambda days: date.today() + timedelta(days))
labels = st.builds(Label, _gtins, lot=_said | st.just(""), serial=_said | st.just(""), expires=_days)


def decoded(svg: str) -> str:
    """What a scanner reads of bars: Code 128 by its own tables, FNC1 as GS; the first is left out, as the symbol's kind says
    it."""
    runs = re.findall(r'x="(\d+)" y="0" width="(\d+)"', svg)
    first, last = int(runs[0][0]), int(runs[-1][0]) + int(runs[-1][1])
    modules = ["0"] * (last - first)
    for x, width in runs:
        modules[int(x) - first : int(x) - first + int(width)] = "1" * int(width)
    text = "".join(modules)
    assert text.endswith("1100011101011")
    known = {bars: value for value, bars in zip(count(), code128.CODES, strict=False)}
    start, *values, check = (known[text[i : i + 11]] for i in range(0, len(text) - 13, 11))
    assert check == (start + sum(i * value for i, value in enumerate(values, 1))) % 103
    sets = {
        name: {value: sign for sign, value in signs.items()}
        for name, signs in (("A", code128.A), ("B", code128.B), ("C", code128.C))
    }
    now, found = {103: "A", 104: "B", 105: "C"}[start], []
    for value in values:
        if value == 102:
            found.append(GS)
        elif (to := {101: "A", 100: "B", 99: "C"}.get(value)) and to != now and (now == "C" or value >= 99):
            now = to
        else:
            found.append(f"{value:02}" if now == "C" else str(sets[now][value]))
    assert found[0] == GS
    return "".join(found[1:])


@given(labels)
def test_what_is_printed_is_read_back_or_not_printed(label: Label) -> None:
    text = element_string(label)
    assert text, "GS1 has a sign for all of it"
    printed = decoded(gs1_bars(text))
    assert printed == text
    said = read_label(f"]C1{printed}")
    assert said is not None
    assert (said.gtin, said.lot, said.serial, said.expires) == (label.gtin, label.lot, label.serial, label.expires)


@given(st.text(max_size=30), _gtins, _days)
def test_any_other_lot_is_printed_as_it_is_or_not_at_all(lot: str, gtin: str, day: date | None) -> None:
    label = Label(gtin, lot=lot, expires=day)
    if text := element_string(label):
        said = read_label(text)
        assert said is not None
        assert (said.gtin, said.lot, said.serial, said.expires) == (gtin, lot, "", day)


def test_what_gs1_has_no_way_to_say_gives_nothing() -> None:
    gtin = "04012345001235"
    assert element_string(Label(gtin, lot="A 1")) == "", "a blank"
    assert element_string(Label(gtin, lot="Партия")) == ""
    assert element_string(Label(gtin, lot="X" * 21)) == ""
    assert element_string(Label(gtin, lot=f"A{GS}21B")) == ""
    assert element_string(Label("04012345001234", lot="A1")) == "", "its check digit is wrong"
    assert element_string(Label("OWN-1", lot="A1")) == "", "a code of the company's own"
    assert element_string(Label("", lot="A1")) == ""
    assert element_string(Label(gtin, lot="A1", expires=date(date.today().year + 70, 1, 31))) == ""
    assert element_string(Label(gtin, lot="A1", weight=Decimal(1))) == "", "it says no weight"


def test_the_text_below_has_its_identifiers_in_brackets_and_narrow_bars_are_not_drawn() -> None:
    label = Label("04012345001235", lot="L7", serial="S1", expires=date(2027, 12, 31))
    assert readable(label) == "(01)04012345001235(17)271231(10)L7(21)S1"
    assert element_string(label) == f"01040123450012351727123110L7{GS}21S1"
    assert gs1_bars(element_string(label), 70)
    assert gs1_bars(element_string(label), 20) == ""
