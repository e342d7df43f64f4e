"""Addresses as their countries write them."""

import pytest

from app.errors import Invalid
from app.reference.addresses import PARTS, address_parts, check_address, written_address
from app.reference.rules import country_codes

KAZAN = {"street": "ул. Баумана, 1\nкв. 2", "city": "Казань", "region": "Республика Татарстан", "postal_code": "420111"}
SPRINGFIELD = {"street": "1 Main St", "city": "Springfield", "region": "IL", "postal_code": "62701"}


@pytest.mark.parametrize(
    ("country", "names", "region"),
    [
        ("GB", ["street", "city", "postal_code"], None),
        ("RU", ["street", "city", "region", "postal_code"], "Region"),
        ("US", ["street", "city", "region", "postal_code"], "State"),
        ("JP", ["postal_code", "region", "street"], "Prefecture"),
        ("BR", ["street", "district", "city", "region", "postal_code"], "State"),
        ("", ["street", "district", "city", "region", "postal_code"], "Province"),
    ],
)
def test_each_country_has_its_own_parts_in_its_own_order(country: str, names: list[str], region: str | None) -> None:
    parts = {part.name: part for part in address_parts(country)}
    assert list(parts) == names
    assert region is None or str(parts["region"].title) == region


def test_every_country_has_an_address_and_each_part_is_one_that_is_kept() -> None:
    for country in country_codes():
        names = [part.name for part in address_parts(country)]
        assert {"street"} <= set(names) <= PARTS.keys(), country


@pytest.mark.parametrize(
    ("parts", "country", "lines"),
    [
        (KAZAN, "RU", ["ул. Баумана, 1", "кв. 2", "Казань", "Республика Татарстан", "420111"]),
        (SPRINGFIELD, "US", ["1 Main St", "Springfield, IL 62701"]),
        ({**SPRINGFIELD, "city": ""}, "US", ["1 Main St", "IL 62701"]),
        ({**SPRINGFIELD, "region": "", "postal_code": ""}, "US", ["1 Main St", "Springfield"]),
        (
            {"region": "東京都", "postal_code": "154-0023", "street": "若林1-2-3"},
            "JP",
            ["〒154-0023", "東京都", "若林1-2-3"],
        ),
        ({"region": "東京都", "street": "若林1-2-3"}, "JP", ["東京都", "若林1-2-3"]),
        # what the country's own form has no place for isn't lost
        (
            {"street": "1 High St", "city": "Ely", "region": "Cambridgeshire"},
            "GB",
            ["1 High St", "Ely", "Cambridgeshire"],
        ),
        ({"street": "- in the yard -"}, "GB", ["- in the yard -"]),
        ({"street": "Street", "city": "City"}, "", ["Street", "City"]),
        ({}, "GB", []),
    ],
)
def test_an_address_is_written_as_there(parts: dict[str, str], country: str, lines: list[str]) -> None:
    assert written_address(parts, country) == "\n".join(lines)


@pytest.mark.parametrize(
    ("parts", "country", "kept"),
    [
        ({"region": "illinois"}, "US", {"region": "IL"}),
        ({"region": "Illinoise"}, "US", {"region": "Illinoise"}),  # provinces are merged and renamed
        ({"region": "Respublika Tatarstan"}, "RU", {"region": "Республика Татарстан"}),
        ({"postal_code": " ec1y 8sy "}, "GB", {"postal_code": "EC1Y 8SY"}),
        ({"postal_code": "anything"}, "", {"postal_code": "anything"}),
        ({"region": "Thành phố Hà Nội"}, "VN", {"region": "Hà Nội"}),
        ({"region": "TP. ho chi minh"}, "VN", {"region": "Thành phố Hồ Chí Minh"}),
        ({"region": "Tỉnh Bà Rịa - Vũng Tàu"}, "VN", {"region": "Bà Rịa–Vũng Tàu"}),
        ({"region": "Tinh"}, "VN", {"region": "Tinh"}),
        ({"region": "sao paulo"}, "BR", {"region": "SP"}),
        ({"region": "Tỉnh Hà Nội"}, "GB", {"region": "Tỉnh Hà Nội"}),
    ],
)
def test_parts_are_kept_as_the_country_writes_them(parts: dict[str, str], country: str, kept: dict[str, str]) -> None:
    assert check_address(parts, country) == {**dict.fromkeys(PARTS, ""), **kept}


@pytest.mark.parametrize(
    ("parts", "country", "field", "words"),
    [
        (
            {"postal_code": "627"},
            "US",
            "postal_code",
            "“627” isn't a postcode of this country. There they look like 95014.",
        ),
        (
            {"postal_code": "62701"},
            "GB",
            "postal_code",
            "“62701” isn't a postcode of this country. There they look like EC1Y 8SY.",
        ),
        ({}, "ZZ", "country", "“ZZ” isn't a country code (ISO 3166, such as GB or VN)."),
    ],
)
def test_what_can_not_be_is_refused(parts: dict[str, str], country: str, field: str, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_address(parts, country)
    assert (refusal.value.field, str(refusal.value)) == (field, words)
