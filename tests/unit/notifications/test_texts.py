"""Messages are kept before translation, and read in each reader's language."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from app.notifications.texts import kept, said
from app.translation import lazily
from app.translation import lazy_gettext as _l


@pytest.fixture(autouse=True)
def speaking() -> Iterator[None]:
    app = Flask("app")
    Babel(app)
    with app.test_request_context():
        yield


def through_json(text: object) -> tuple[str, dict]:
    message, parameters = kept(text)
    return message, json.loads(json.dumps(parameters))


def test_what_is_filled_in_is_translated_too() -> None:
    message, parameters = through_json(_l("“%(title)s” failed: %(why)s", title=_l("Import"), why="disk full"))
    assert said(message, parameters) == "“Import” failed: disk full"
    with force_locale("ru"):
        assert said(message, parameters).startswith("«Импорт»")


def test_days_moments_and_numbers_are_written_as_each_language_does() -> None:
    text = _l("%(title)s %(number)s", title=date(2026, 1, 31), number=Decimal("1234.5"))
    message, parameters = through_json(text)
    assert said(message, parameters) == "31 Jan 2026 1,234.5"
    with force_locale("vi"):
        assert said(message, parameters).endswith("1.234,5")
    message, parameters = through_json(_l("%(title)s %(number)s", title=datetime(2026, 1, 31, 9, 5), number=7))
    assert said(message, parameters) == "31 Jan 2026 09:05 7"


def test_a_text_of_ones_own_stays_as_it_is() -> None:
    assert said(*through_json("100% sure of %(this)s")) == "100% sure of %(this)s"
    assert said(*through_json(lazily(lambda: "made when read"))) == "made when read"


def test_what_looks_like_a_placeholder_within_a_name_is_kept() -> None:
    assert said(*through_json(_l("“%(title)s” is done.", title="%(x)s 50%"))) == "“%(x)s 50%” is done."
