"""Roles and units are said in the reader's language; what somebody typed stays as it is."""

import html
from typing import Any

import pytest
from flask_babel import force_locale

from app.reference.units import unit_word
from app.security import SYSTEM
from app.web.admin.words import role_words


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


def test_lists_say_them_too(sign_in: Any) -> None:
    client = sign_in("anna")
    page = html.unescape(client.get("/warehouse/stock", headers={"Accept-Language": "ru"}).text)
    assert "шт." in page
    assert ">pc<" not in page
