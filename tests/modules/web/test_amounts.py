"""Boxes of amounts say as many digits as their currency has, and none are lost."""

from decimal import Decimal
from typing import Any

import pytest
from wtforms import Form, StringField

from app.web.kit.amounts import AmountField

pytestmark = pytest.mark.one_engine


class _Paid(Form):
    currency = StringField()
    amount = AmountField("Amount")


@pytest.mark.parametrize(
    ("currency", "amount", "shown"),
    [
        ("EUR", "3523.3", "3523.30"),
        ("EUR", "3523.3000", "3523.30"),
        ("VND", "1200000", "1200000"),
        ("KWD", "1.5", "1.500"),
        ("EUR", "0.1234", "0.1234"),
    ],
)
def test_an_amount_has_the_digits_of_its_currency(app: Any, currency: str, amount: str, shown: str) -> None:
    with app.test_request_context():
        assert _Paid(data={"currency": currency, "amount": Decimal(amount)}).amount._value() == shown


def test_an_amount_has_the_digits_of_the_currency_that_it_is_given(app: Any) -> None:
    class Priced(Form):
        amount = AmountField("Amount")

    with app.test_request_context():
        form = Priced(data={"amount": Decimal(1200000)})
        assert form.amount._value() == "1200000.00", "the organisation's own is GBP"
        form.amount.currency = "VND"
        assert form.amount._value() == "1200000"


def test_what_was_typed_is_shown_as_it_was(app: Any) -> None:
    from werkzeug.datastructures import MultiDict

    with app.test_request_context():
        assert _Paid(MultiDict({"currency": "EUR", "amount": "3523.3"})).amount._value() == "3523.3"
