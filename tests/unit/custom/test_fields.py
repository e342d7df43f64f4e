"""What a custom field takes and refuses, before any database is asked."""

import json
from datetime import date, datetime
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.custom.fields import CustomField, checked, free_key, said_alike, value_named
from app.errors import Invalid


def field(type_: str, **more: Any) -> CustomField:
    return CustomField(id=1, subject="a.b", key="x", title="X", type=type_, **more)


@pytest.mark.parametrize(
    ("type_", "value", "kept"),
    [
        ("text", "  Lübeck ", "Lübeck"),
        ("text", "", None),
        ("text", "   ", None),
        ("number", D("0"), D(0)),
        ("number", D("-9223372036854.775808"), D("-9223372036854.775808")),
        ("date", date(2026, 2, 28), date(2026, 2, 28)),
        ("yes_no", False, False),
        ("choice", "north", "north"),
        ("choice", "", None),
        ("number", None, None),
    ],
)
def test_a_value_is_kept_as_its_type(type_: str, value: Any, kept: Any) -> None:
    assert field(type_, choices=("north", "south")).kept(value) == kept


@pytest.mark.parametrize(
    ("type_", "value", "why"),
    [
        ("text", "x" * 501, "At most 500 characters."),
        ("text", "a\0b", "the text holds a character that can't be kept"),
        ("text", D(1), "This isn't a value for “X”."),
        ("number", "1", "This isn't a value for “X”."),
        ("number", True, "This isn't a value for “X”."),
        ("number", D("0.0000001"), "The number is too large, or has more than six digits after the point."),
        ("number", D("NaN"), "The number is too large, or has more than six digits after the point."),
        ("number", D("1e13"), "The number is too large, or has more than six digits after the point."),
        ("date", datetime(2026, 1, 1), "This isn't a value for “X”."),
        ("yes_no", "yes", "This isn't a value for “X”."),
        ("yes_no", 1, "This isn't a value for “X”."),
        ("choice", "west", "“west” is none of the choices."),
    ],
)
def test_anything_else_is_refused_at_the_field(type_: str, value: Any, why: str) -> None:
    with pytest.raises(Invalid) as refusal:
        field(type_, choices=("north", "south")).kept(value)
    assert (str(refusal.value), refusal.value.field) == (why, "custom_x")


def test_a_choice_that_is_no_longer_offered_stays_where_it_was_recorded() -> None:
    region = field("choice", choices=("north",))
    assert region.kept("south", before="south") == "south"
    with pytest.raises(Invalid):
        region.kept("south", before="west")


def test_what_is_required_is_asked_of_new_records_and_of_what_is_given() -> None:
    needed = field("yes_no", is_required=True)
    assert checked([needed], {"x": False}, {}, is_new=True) == {needed: False}  # no is an answer
    assert checked([needed], {}, {}, is_new=False) == {}
    for values, is_new in (({}, True), ({"x": None}, True), ({"x": None}, False)):
        with pytest.raises(Invalid, match="Please fill this in"):
            checked([needed], values, {}, is_new=is_new)


def test_a_key_of_no_field_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        checked([field("text")], {"y": "1"}, {}, is_new=False)
    assert (str(refusal.value), refusal.value.field) == ("There is no field “y” here.", "custom_y")


@pytest.mark.parametrize(
    ("title", "taken", "key"),
    [
        ("Région (EU)", [], "region_eu"),
        ("Số hợp đồng", [], "so_hop_dong"),
        ("Объём, м³ / Щёлочь", [], "obem_m3_shcheloch"),
        ("Регион", ["region"], "region_2"),
        ("地域", [], "field"),
        ("地域", ["field", "field_2"], "field_3"),
        ("2nd phone", [], "nd_phone"),
        ("x" * 60, [], "x" * 30),
    ],
)
def test_a_key_is_made_of_the_title(title: str, taken: list[str], key: str) -> None:
    assert free_key(title, taken) == key


def test_a_key_that_says_nothing_is_given_once_among_all_that_one_file_brings() -> None:
    assert free_key("地域", [], ["field"]) == "field_2"
    assert free_key("Region", [], ["region"]) == "region"


def test_what_is_not_given_does_not_count_as_a_difference() -> None:
    said = {"x": "a", "y": None, "z": False}
    assert said_alike({"x": "a"}, said)
    assert said_alike({"y": ""}, said)
    assert said_alike(None, said)
    assert not said_alike({"z": None}, said)
    assert not said_alike({"x": ""}, said)


def test_a_custom_field_is_found_by_its_name_in_whatever_says_it() -> None:
    class Record:
        note = "n"
        custom = {"x": 1}

    assert (value_named(Record(), "custom_x"), value_named(Record(), "note")) == (1, "n")
    assert value_named({"custom": {"x": 2}}, "custom_x") == 2
    assert value_named({"custom": None}, "custom_x", "absent") == "absent"
    assert value_named({}, "custom_x", "absent") == "absent"


VALUES = st.one_of(
    st.tuples(
        st.just("text"), st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn")), max_size=20).map("t{}".format)
    ),
    st.tuples(st.just("number"), st.integers(-(2**63), 2**63 - 1).map(lambda n: D(n).scaleb(-6))),
    st.tuples(st.just("date"), st.dates()),
    st.tuples(st.just("yes_no"), st.booleans()),
)


@given(VALUES)
def test_a_value_comes_back_from_json_as_it_was(case: tuple[str, Any]) -> None:
    type_, value = case
    one = field(type_)
    kept = one.kept(value)
    assert one.read(json.loads(json.dumps(kept, default=str))) == kept
