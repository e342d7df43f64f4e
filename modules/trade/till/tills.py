"""Tills as records: set up, changed, found, and to whom they are open."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from app.api.data import begin_version
from app.api.errors import Conflict, Invalid, NotFound
from app.api.reference import base_currency, organisation_id
from app.api.security import Actor, check_users, record, require
from app.api.texts import kept
from app.api.texts import lazy_gettext as _l
from app.api.values import Percent
from modules.contacts.api import BANK, BOTH, CASH, account_to_use, expense_item_by_id, parties_by_id
from modules.trade.till.models import Shift, Till, TillUser
from modules.warehouse.api import warehouse_id

USE, CLOSE, RETURN_RIGHT, EDIT = "trade.till.use", "trade.till.close", "trade.till.return", "trade.till.edit"


def save_till(
    session: Session,
    actor: Actor,
    till: Till | None = None,
    *,
    version: int | None = None,
    users: Collection[int] | None = None,
    **fields: Any,
) -> Till:
    """Set up a till, or change what is given of one. `users`: who may use it, where it `is_limited`.

    Refused: no name, one that is taken; a cash desk that is none or another till's, cards on another kind of account or in
    another currency; no default customer; a tax rate that can't be right; a difference item for one direction alone; another
    cash desk or warehouse while a shift is open; what somebody has changed since `version` (Changed).
    """
    require(actor, EDIT)
    is_new = till is None
    if till is None:
        till = Till(organisation_id=organisation_id(session), is_active=True, tax_included=True, is_limited=False)
    else:
        begin_version(session, till, version)
    values = kept(Till, fields)
    if not values.get("name", till.name):
        raise Invalid(_l("Please fill this in."), field="name")
    if not is_new and open_shift(session, till) is not None:
        for name in ("cash_account_id", "card_account_id", "place_id"):
            if values.get(name, getattr(till, name)) != getattr(till, name):
                raise Conflict(_l("A shift is open at this till. Close it before you change this."), field=name)
    for name, value in values.items():
        setattr(till, name, value)
    with session.no_autoflush:
        _check(session, till)
        if users is not None:
            check_users(session, set(users), field="users")
            known = {each.user_id: each for each in till.users}
            till.users = [known.get(user) or TillUser(user_id=user) for user in sorted(set(users))]
    if till.is_limited and not till.users:
        raise Invalid(_l("Choose at least one user, or let everybody use it."), field="users")
    session.add(till)
    session.flush()
    verb = "create" if is_new else "change"
    record(session, f"trade.till.{verb}", subject="trade.till", subject_id=till.id, summary=till.name)
    return till


def till_by_id(session: Session, till_id: int) -> Till:
    """The till, whoever may use it; NotFound where the organisation has none of this number."""
    till = session.get(Till, till_id)
    if till is None or till.organisation_id != organisation_id(session):
        raise NotFound(_l("There is no such till."))
    return till


def till_to_use(session: Session, actor: Actor, till_id: int) -> Till:
    """The till, for whoever stands at it. Refused: one that isn't theirs (NotFound), one out of use (Conflict)."""
    require(actor, USE)
    own = select(Till).where(Till.id == till_id, *_open_to(session, actor))
    till = session.scalars(own).first()
    if till is None:
        raise NotFound(_l("There is no such till, or it is not open to you."))
    if not till.is_active:
        raise Conflict(_l("The till “%(name)s” is no longer in use.", name=till.name))
    return till


def tills_to_use(session: Session, actor: Actor) -> Sequence[Till]:
    """The tills in use that are open to the actor, by name."""
    query = select(Till).where(Till.is_active, *_open_to(session, actor))
    return session.scalars(query.order_by(Till.name_order, Till.id)).all()


def open_shift(session: Session, till: Till) -> Shift | None:
    """The till's shift that isn't closed."""
    return session.scalars(select(Shift).where(Shift.till_id == till.id, Shift.closed_at.is_(None))).first()


def _open_to(session: Session, actor: Actor) -> tuple[Any, ...]:
    own = Till.organisation_id == organisation_id(session)
    if actor.may(EDIT):
        return (own,)
    among = exists().where(TillUser.till_id == Till.id, TillUser.user_id == actor.user_id)
    return (own, or_(Till.is_limited.is_(False), among))


def _check(session: Session, till: Till) -> None:
    same = select(Till.id).where(Till.organisation_id == till.organisation_id, Till.id != (till.id or 0))
    if session.scalars(same.where(Till.name == till.name)).first() is not None:
        raise Conflict(_l("There is “%(name)s” already.", name=till.name), field="name")
    if (
        till.is_active
        and session.scalars(same.where(Till.cash_account_id == till.cash_account_id, Till.is_active)).first()
    ):
        raise Conflict(
            _l("Another till has this cash desk. Its cash could not be counted apart."), field="cash_account_id"
        )
    for field in ("cash_account_id", "contact_id"):
        if not getattr(till, field):
            raise Invalid(_l("Please fill this in."), field=field)
    till.place_id = warehouse_id(session, till.place_id)
    cash = account_to_use(session, till.cash_account_id, field="cash_account_id")
    if cash.kind != CASH:
        raise Invalid(_l("Choose a cash desk."), field="cash_account_id")
    if cash.currency != base_currency(session):
        words = _l("Prices are in %(currency)s, so the till's cash desk is, too.", currency=base_currency(session))
        raise Invalid(words, field="cash_account_id")
    if till.card_account_id is not None:
        card = account_to_use(session, till.card_account_id, field="card_account_id")
        if (card.kind, card.currency) != (BANK, cash.currency):
            words = _l("Cards arrive on a bank account in the currency of the cash desk.")
            raise Invalid(words, field="card_account_id")
    parties_by_id(session, {till.contact_id})
    if till.difference_item_id is not None:
        item = expense_item_by_id(session, till.difference_item_id)
        if item.direction != BOTH:
            words = _l("“%(name)s” is for one direction alone; cash may be over and short.", name=item.name)
            raise Invalid(words, field="difference_item_id")
    if not (Percent.holds(till.tax_rate) and 0 <= till.tax_rate <= 100):
        raise Invalid(_l("A tax rate is between 0 and 100 per cent."), field="tax_rate")
