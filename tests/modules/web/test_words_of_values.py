"""Roles, units and what the audit calls acts are said in the reader's language; what somebody typed stays as it is."""

import html
import re
from typing import Any

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from app.audit.models import AuditLine
from app.reference.units import unit_word
from app.security import SYSTEM
from app.web.admin.words import action_word, noun_word, role_words


@pytest.fixture
def reading(house: Any, sign_in: Any) -> Any:
    sign_in("admin").get("/")
    with house.test_request_context("/"), house.company.database.session(SYSTEM) as session:
        house.company.refresh(session)
        yield session


def test_acts_are_said_in_words(reading: Any) -> None:
    with force_locale("en"):
        assert action_word("trade.sale.post") == "Sales: posted"
        assert action_word("security.login.open") == "Signing in: opened"
        assert action_word("core.user.add") == "Users: added"
        assert action_word("pallets.exchange.swap") == "pallets.exchange.swap"
    with force_locale("ru"):
        assert action_word("trade.sale.post") == "Продажи: проведено"
        assert noun_word("warehouse.item") == "Номенклатура"
    with force_locale("vi"):
        assert action_word("trade.sale.post") == "Bán hàng: đã ghi sổ"


def test_every_act_in_the_sample_company_has_words(reading: Any) -> None:
    names = reading.scalars(select(AuditLine.action).distinct()).all()
    with force_locale("ru"):
        unsaid = [name for name in names if not re.search("[а-я]", action_word(name))]
    assert [name for name in unsaid if name != "audit.chain.begin"] == []


def test_units_and_roles_are_said_in_words(reading: Any) -> None:
    with force_locale("ru"):
        assert (unit_word("pc"), unit_word("set"), unit_word("our crate")) == ("шт.", "компл.", "our crate")
        assert role_words("accountant, our own") == "бухгалтер, our own"
    with force_locale("en"):
        assert (unit_word("pc"), unit_word("set")) == ("pc", "set")


def test_lists_say_them_too(sign_in: Any) -> None:
    client = sign_in("anna")
    page = html.unescape(client.get("/warehouse/stock", headers={"Accept-Language": "ru"}).text)
    assert "шт." in page
    assert ">pc<" not in page
