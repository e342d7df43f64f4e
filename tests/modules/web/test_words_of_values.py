"""Roles and units are said in the reader's language; what somebody typed stays as it is."""

import html
from decimal import Decimal as D
from types import SimpleNamespace
from typing import Any

import pytest
from flask_babel import force_locale
from sqlalchemy import select, text

from app.errors import Invalid
from app.reference.models import Unit
from app.reference.units import unit_word
from app.security import SYSTEM
from app.web.admin.words import role_words
from app.web.kit.tables import Column
from app.web.kit.totals import Sum, words_of
from modules.warehouse.models import Item
from modules.warehouse.rules import check_quantity
from modules.warehouse.tables import find_items, item_lookup
from modules.warehouse.using import check_counted

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides


@pytest.fixture
def reading(house: Any, sign_in: Any) -> Any:
    sign_in("admin").get("/")
    with house.test_request_context("/"), house.company.database.session(SYSTEM) as session:
        house.company.refresh(session)
        yield session


def test_units_and_roles_are_said_in_words(reading: Any) -> None:
    with force_locale("ru"):
        assert (unit_word("pc"), unit_word("set"), unit_word("our crate")) == ("шт.", "компл.", "our crate")
        assert role_words("accountant, our own") == "бухгалтер, our own"
    with force_locale("en"):
        assert (unit_word("pc"), unit_word("set")) == ("pc", "set")
        assert unit_word("carton (12)") == "carton (12)"  # it is theirs, as they typed it


def test_messages_and_lookups_say_units_in_words_too(reading: Any) -> None:
    with force_locale("ru"):
        item = SimpleNamespace(name="Болт", unit="pc", digits=0)
        for check in (
            lambda: check_quantity(1, item, D("0.5")),
            lambda: check_counted(item, D("0.5"), field="quantity"),
        ):
            with pytest.raises(Invalid) as refusal:
                check()
            assert "шт." in str(refusal.value)
        pieces = select(Item.id).join(Unit, Unit.id == Item.unit_id).where(Unit.name == "pc", Item.kind == "goods")
        ids = reading.scalars(pieces).all()
        assert {detail["unit"] for detail in item_lookup.details(reading, ids).values()} == {"шт."}
        code = reading.scalars(select(Item.code).where(Item.id == ids[0])).one()
        found = next(row for row in find_items(reading, code, 5) if row["id"] == ids[0])
        assert found["unit"] == "шт."
        assert found["note"].endswith(" шт.")


def test_sums_that_are_kept_apart_by_unit_say_it_in_words(reading: Any) -> None:
    unit = Column("unit", "Unit", text("1"), words=unit_word)
    quantity = Column("quantity", "Quantity", text("1"), "quantity", summed=("unit",))
    sums = [Sum(quantity, (("unit", name),), D(1)) for name in ("pc", "kg")]
    with force_locale("ru"):
        assert sorted(words_of(sums, [unit, quantity]).values()) == ["кг", "шт."]


def test_lists_say_them_too(sign_in: Any) -> None:
    client = sign_in("anna")
    page = html.unescape(client.get("/warehouse/stock", headers={"Accept-Language": "ru"}).text)
    assert "шт." in page
    assert ">pc<" not in page
