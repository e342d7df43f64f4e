"""Writing tax codes and their rates, what has which of them, and the steps of cash."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.data import begin_version, forget_all, remembered, remove_rows
from app.api.errors import Conflict, Invalid, NotFound
from app.api.reference import check_currency, check_day, organisation_id
from app.api.security import Actor, record, require
from app.api.texts import day as said_day
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from app.api.values import Money, Percent, digits_of
from modules.contacts.api import Contact
from modules.trade.taxes.book import BOOK
from modules.trade.taxes.categories import CATEGORIES, STANDARD
from modules.trade.taxes.deciding import Policy
from modules.trade.taxes.models import CashStep, TaxCode, TaxDefault, TaxPolicy, TaxRate
from modules.warehouse.api import Item, ItemGroup

EDIT = "trade.tax.edit"
_STEPS = "trade.cash_step"
#: the fields of `TaxPolicy` that name a code
ROLES = Policy._fields[1:]
#: what a default is of: fields of `TaxDefault`
OWNERS: Mapping[str, type[Any]] = {"item_id": Item, "group_id": ItemGroup, "contact_id": Contact}


def code_by_id(session: Session, code_id: int) -> TaxCode:
    """The tax code; NotFound when there is none."""
    found = session.get(TaxCode, code_id)
    if found is None:
        raise NotFound(_l("There is no such tax code."))
    return found


def save_code(
    session: Session,
    actor: Actor,
    known: TaxCode | None = None,
    *,
    name: str,
    category: str = "",
    reason: str = "",
    is_active: bool = True,
    version: int | None = None,
) -> TaxCode:
    """Add a tax code, or change the `known` one, of which the category stays: documents keep it.

    Refused: no name, a name that another has, an unknown category, a code saved since `version` (Changed).
    """
    require(actor, EDIT)
    name = " ".join(name.split())
    if not name or len(name) > 60:
        raise Invalid(_l("A tax code has a name of 60 characters at most."), field="name")
    if known is None and category not in CATEGORIES:
        raise Invalid(_l("Choose from the list."), field="category")
    same = session.scalars(select(TaxCode).where(TaxCode.name == name)).first()
    if same is not None and same is not known:
        raise Conflict(_l("There is a tax code “%(name)s” already.", name=name), field="name")
    if known is not None:
        begin_version(session, known, version)
    code = known or TaxCode(category=category)
    code.name, code.reason, code.is_active = name, reason.strip(), is_active
    session.add(code)
    session.flush()
    _changed(session, "code", code.id, "create" if known is None else "change", code.name)
    return code


def set_tax_rate(session: Session, actor: Actor, code: TaxCode, *, since: date, rate: Decimal) -> None:
    """From `since` on the code has the rate (per cent); in place of that of the same day. Documents keep what they say.

    Refused: a rate of a category that has none, or that isn't above 0 and up to 100.
    """
    require(actor, EDIT)
    check_day(since, field="since")
    if code.category != STANDARD:
        raise Invalid(_l("Only what is taxed at a rate has rates."), field="rate")
    if not Percent.holds(rate) or not 0 < rate <= 100:
        raise Invalid(
            _l("A tax rate is above 0 and up to 100, with four digits after the point at most."), field="rate"
        )
    begin_version(session, code, None)
    own = next((r for r in code.rates if r.since == since), None)
    if own is None:
        code.rates.append(TaxRate(since=since, rate=rate))
    else:
        own.rate = rate
    session.flush()
    _changed(session, "code", code.id, "change", f"{code.name}: {number(rate)} %, {said_day(since)}")


def remove_tax_rate(session: Session, actor: Actor, code: TaxCode, since: date) -> None:
    """Take a rate out: from its day on the one before it stays in force. Documents keep what they say."""
    require(actor, EDIT)
    begin_version(session, code, None)
    own = next((r for r in code.rates if r.since == since), None)
    if own is None:
        raise NotFound
    code.rates.remove(own)
    session.flush()
    _changed(session, "code", code.id, "change", f"{code.name}: – {said_day(since)}")


def policy_of(session: Session) -> TaxPolicy | None:
    """What the organisation decided, if it has."""
    return session.get(TaxPolicy, organisation_id(session))


def save_policy(session: Session, actor: Actor, *, version: int | None = None, **codes: int | None) -> TaxPolicy:
    """The codes that the organisation uses where nothing nearer says otherwise, by role (`ROLES`); roles left out stay.

    Refused: a code that doesn't exist, a policy saved since `version` (Changed).
    """
    require(actor, EDIT)
    policy = policy_of(session)
    if policy is None:
        policy = TaxPolicy(organisation_id=organisation_id(session))
        session.add(policy)
    else:
        begin_version(session, policy, version)
    for role, code_id in codes.items():
        setattr(policy, role, code_by_id(session, code_id).id if code_id is not None else None)
    session.flush()
    _changed(session, "policy", policy.organisation_id, "change", "")
    return policy


def default_of(session: Session, owner: str, owner_id: int) -> TaxDefault | None:
    """The default of an item, group or contact (`OWNERS`), if it has one of its own."""
    return session.scalars(select(TaxDefault).where(getattr(TaxDefault, owner) == owner_id)).first()


def set_default(session: Session, actor: Actor, owner: str, owner_id: int, code_id: int | None) -> None:
    """Let an item, a group or a contact (`OWNERS`) have a tax code; None: as the organisation has. Refused (NotFound):
    no such code, item, group or contact."""
    require(actor, EDIT)
    if session.get(OWNERS[owner], owner_id) is None:
        raise NotFound
    remove_rows(session, TaxDefault, getattr(TaxDefault, owner) == owner_id)
    name = ""
    if code_id is not None:
        name = code_by_id(session, code_id).name
        session.add(TaxDefault(code_id=code_id, **{owner: owner_id}))
    session.flush()
    _changed(session, "default", owner_id, "change", f"{owner.removesuffix('_id')}: {name or '–'}")


def cash_step(session: Session, currency: str) -> Decimal | None:
    """To what an amount of the currency is rounded where it is paid in cash; None: to nothing."""
    return cash_steps(session).get(currency)


def cash_steps(session: Session) -> Mapping[str, Decimal]:
    """The same of all currencies that have one."""
    known: dict[Any, Any] = remembered(session, _STEPS)
    if 0 not in known:
        known[0] = {row.currency: row.step for row in session.execute(select(CashStep.currency, CashStep.step))}
    steps: Mapping[str, Decimal] = known[0]
    return steps


def set_cash_step(session: Session, actor: Actor, currency: str, step: Decimal | None) -> None:
    """What is paid in cash in a currency is rounded to `step` from now on; None: not at all. Documents keep what they say.

    Refused: a step that isn't above zero, or is finer than the currency's own digits.
    """
    require(actor, EDIT)
    check_currency(currency)
    if step is not None and (
        step <= 0 or not Money.holds(step) or step != round(step, digits_of(currency)) or step > 1000
    ):
        raise Invalid(_l("The smallest coin is above 0 and no finer than the currency, such as 0.05."), field="step")
    remove_rows(session, CashStep, CashStep.currency == currency)
    if step is not None:
        session.add(CashStep(currency=currency, step=step))
    session.flush()
    forget_all(session, _STEPS)
    said = f"{currency}: {number(step) if step is not None else '–'}"
    record(session, "trade.tax_policy.change", subject="trade.tax_policy", subject_id=0, summary=said)


def _changed(session: Session, what: str, subject_id: int, verb: str, summary: str) -> None:
    forget_all(session, BOOK)
    subject = f"trade.tax_{what}"
    record(session, f"{subject}.{verb}", subject=subject, subject_id=subject_id, summary=summary)
