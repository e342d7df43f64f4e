"""How a line was priced: kept as exact steps, and said in the reader's language."""

import json
from collections.abc import Sequence
from decimal import Decimal

from flask_babel import gettext as _

from app.api.texts import number
from app.api.values import digits_of, shortest
from modules.trade.pricing.rules import Step


def kept_steps(steps: Sequence[Step]) -> str:
    """Steps as a line keeps them."""
    return json.dumps([[s.what, f"{shortest(s.value):f}", s.name, s.currency] for s in steps], ensure_ascii=False)


def explanation(kept: str | None) -> str:
    """What a line says of its price: “Retail 14.50 − 10 % contract − 5 % five and more”; empty where nothing is kept."""
    return " ".join(_said(step) for step in steps_of(kept))


def steps_of(kept: str | None) -> list[Step]:
    """The steps that a line keeps."""
    return [Step(what, Decimal(value), name, currency) for what, value, name, currency in json.loads(kept or "[]")]


def _said(step: Step) -> str:
    if step.currency:
        value = number(step.value, digits_of(step.currency))
        called = {"usual": _("Sales price"), "special": _("Agreed price")}.get(step.what, step.name)
        return f"{called} {value}"
    called = {"contract": _("contract"), "contact": _("contact"), "group": _("folder"), "typed": _("by hand")}.get(
        step.what, step.name
    )
    return f"− {number(step.value)} % {called}"
