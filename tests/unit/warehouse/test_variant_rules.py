"""The values of a model's axes as one types them, and what its variants are called."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from modules.warehouse.variants.rules import (
    LONGEST_CODE,
    LONGEST_NAME,
    MOST,
    Value,
    matched,
    proposed_variant,
    read_values,
    shown_values,
)

NAMES = st.lists(
    st.text(st.characters(categories=("L", "N")), min_size=1, max_size=30), max_size=MOST, unique_by=str.casefold
)


def read(text: str) -> list[Value]:
    return read_values(text, field="first_values")


def test_values_stand_each_on_a_line_with_their_codes_or_get_one() -> None:
    assert read("S\n\n M = M1 \nlight blue\nA=B = C") == [
        Value("S", "S"),
        Value("M", "M1"),
        Value("light blue", "LIGHT-BLUE"),
        Value("A=B", "C"),
    ]
    assert read("red\nRed wine = RED") == [Value("red", "RED-2"), Value("Red wine", "RED")]
    assert read("…") == [Value("…", "X")]


@pytest.mark.parametrize(
    "text", ["S\ns", "S = A\nM = a", " = RED", "x" * 61, "S = " + "x" * 13, "\n".join(map(str, range(MOST + 1)))]
)
def test_what_is_refused_of_values(text: str) -> None:
    with pytest.raises(Invalid):
        read(text)


@given(NAMES)
def test_values_read_what_is_shown_of_them_and_no_two_have_a_code(names: list[str]) -> None:
    values = read("\n".join(names))
    assert len({value.code.casefold() for value in values}) == len(names)
    assert all(len(value.code) <= LONGEST_CODE and len(value.name) <= LONGEST_NAME for value in values)
    assert read(shown_values(values)) == values


@given(NAMES, st.data())
def test_a_value_is_known_by_its_name_or_else_by_its_code(names: list[str], data: Any) -> None:
    known = read("\n".join(names))
    kept = data.draw(st.lists(st.sampled_from(known), unique=True)) if known else []
    wanted = []
    for n, value in enumerate(kept):
        other = data.draw(st.sampled_from(["", "name", "code"]))
        wanted.append(Value(f"—{n}" if other == "name" else value.name, f"—{n}" if other == "code" else value.code))
    assert matched(known, [*wanted, Value("— new", "— new")]) == [*kept, None]


def test_two_values_that_exchange_their_codes_stay_what_their_names_say() -> None:
    red, blue = Value("red", "R"), Value("blue", "B")
    assert matched([red, blue], [Value("blue", "R"), Value("red", "B")]) == [blue, red]


@given(NAMES.filter(bool), NAMES.filter(bool), st.sets(st.sampled_from(["M-A", "m-a", "M-A-2", "M-A-B", "M-1-1"])))
def test_no_two_variants_have_a_code_or_one_that_is_taken(
    sizes: list[str], colours: list[str], there: set[str]
) -> None:
    model, codes = Value("T-shirt", "M"), {code.casefold() for code in there}
    cells = [(a, b) for a in read("\n".join(sizes[:6])) for b in read("\n".join(colours[:6]))]
    for n, cell in enumerate(cells):
        code, name = proposed_variant(model, cell, codes)
        assert len(code) <= 60
        assert name == f"T-shirt, {cell[0].name}, {cell[1].name}"
        codes.add(code.casefold())
        assert len(codes) == len({each.casefold() for each in there}) + n + 1


def test_a_variant_is_called_by_its_model_and_values() -> None:
    shirt, m, red = Value("T-shirt Basic", "TS-BASIC"), Value("M", "M"), Value("red", "RED")
    assert proposed_variant(shirt, [m, red], set()) == ("TS-BASIC-M-RED", "T-shirt Basic, M, red")
    assert proposed_variant(shirt, [m], {"ts-basic-m"}) == ("TS-BASIC-M-2", "T-shirt Basic, M")
