"""How often a coupon may be used, in all and by one customer: counted in the books as a sale is posted, and given back as it is
reversed.

What was used is never kept beside the books: it is the posted sales that name the coupon, so it can't differ from them. Sales
that were made of one order are one use."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.api.documents import Document, DocumentLink
from app.api.errors import Conflict
from app.api.security import PastPolicy
from app.api.texts import day as said_day
from app.api.texts import lazy_gettext as _l
from modules.contacts.api import family_of
from modules.trade.models import TradeDocument
from modules.trade.pricing.finding import Terms, is_in_force
from modules.trade.pricing.known import known_prices
from modules.trade.pricing.models import DiscountRule

_BOOKS = PastPolicy("how often a coupon was used counts every sale, whoever may see it")
_DOCUMENT, _TRADE, _LINK = (table.__table__.c for table in (Document, TradeDocument, DocumentLink))


def check_coupons(session: Session, documents: Iterable[Any]) -> None:
    """Refuse (Conflict) sales about to be posted whose coupon was used as often as it may be. The coupon's rules are locked
    until the transaction ends, so that of two last uses at once one is refused."""
    named = sorted((d for d in documents if d.coupon), key=lambda d: str(d.coupon))
    for word in dict.fromkeys(d.coupon for d in named):
        if not any(_bounds(session, word)):
            continue
        _lock(session, word)
        new: list[tuple[int, int]] = []  # of this posting: the deal, the customer
        for document in (d for d in named if d.coupon == word):
            deal = deal_of(document)
            if deal not in {before for before, _ in new}:
                refuse_used_up(session, document, word, new)
                new.append((deal, document.contact_id))


class Buyer(NamedTuple):
    """Who would use a coupon, by a sale that isn't written yet."""

    contact_id: int
    origins: Mapping[int, tuple[int, int]] = MappingProxyType({})
    id: int | None = None


def coupon_refusal(session: Session, word: str, contact_id: int, day: date, *, locks: bool = False) -> object | None:
    """Why a customer may not use a coupon on a day; None: they may. `locks` its rules until the transaction ends, so that
    nobody uses it up meanwhile."""
    known = known_prices(session)
    words: object
    rules = [row for row in known.rules if row.coupon == word]
    if not rules:
        words = _l("There is no coupon “%(coupon)s”. Look at it once more, and type it again.", coupon=word)
        return words
    current = [row for row in rules if is_in_force(row, day)]
    if not current:
        return _out_of_days(word, rules, day)
    folders = Terms(session, known, day, contact_id, None).folders
    if not any(row.folder_id is None or row.folder_id in folders for row in current):
        words = _l("The coupon “%(coupon)s” isn't for this customer.", coupon=word)
        return words
    if locks:
        _lock(session, word)
    try:
        refuse_used_up(session, Buyer(contact_id), word)
    except Conflict as error:
        return error.message
    return None


def _out_of_days(word: str, rules: Sequence[Any], day: date) -> object:
    begins = [row.since for row in rules if row.since is not None and row.since > day]
    if begins:
        return _l("The coupon “%(coupon)s” isn't taken before %(day)s.", coupon=word, day=said_day(min(begins)))
    last = max(row.until for row in rules if row.until is not None)
    return _l("The coupon “%(coupon)s” is over: its last day was %(day)s.", coupon=word, day=said_day(last))


def _lock(session: Session, word: str) -> None:
    own = DiscountRule.__table__
    _BOOKS(session).execute(select(own.c.id).where(own.c.coupon == word).order_by(own.c.id).with_for_update())


def refuse_used_up(session: Session, document: Any, word: str, new: Iterable[tuple[int, int]] = ()) -> None:
    """Refuse (Conflict) a document with a coupon that was used as often as it may be, by others than itself; `new` are uses
    that aren't in the books yet."""
    in_all, by_contact = _bounds(session, word)
    if in_all is None and by_contact is None:
        return
    family = set(family_of(session, document.contact_id))
    used, own = uses(session, word, family, besides=deal_of(document))
    used, own = used + len([*new]), own + sum(contact in family for _, contact in new)
    if in_all is not None and used >= in_all:
        words = _l(
            "The coupon “%(coupon)s” was used %(n)s times, which is as often as it may be. Take it out.",
            coupon=word,
            n=used,
        )
        raise Conflict(words, field="coupon")
    if by_contact is not None and own >= by_contact:
        words = _l(
            "This customer has used the coupon “%(coupon)s” %(n)s times, which is as often as they may. Take it out.",
            coupon=word,
            n=own,
        )
        raise Conflict(words, field="coupon")


def uses(session: Session, word: str, contacts: Iterable[int] = (), *, besides: int = 0) -> tuple[int, int]:
    """How often a coupon was used, in all and by some contacts, by posted sales; `besides` one deal."""
    sales = (
        select(
            func.coalesce(func.min(_LINK.origin_id), _TRADE.id).label("deal"),
            _TRADE.contact_id,
        )
        .join_from(TradeDocument.__table__, Document.__table__, _DOCUMENT.id == _TRADE.id)
        .outerjoin(DocumentLink.__table__, _LINK.document_id == _TRADE.id)
        .where(_TRADE.coupon == word, _DOCUMENT.kind == "trade.sale", _DOCUMENT.state == "posted")
        .group_by(_TRADE.id, _TRADE.contact_id)
        .subquery()
    )
    own = case((sales.c.contact_id.in_(sorted(contacts)), sales.c.deal))
    asked = select(func.count(sales.c.deal.distinct()), func.count(own.distinct())).where(sales.c.deal != besides)
    in_all, by_contact = _BOOKS(session).execute(asked).one()
    return int(in_all), int(by_contact)


def deal_of(document: Any) -> int:
    """What makes several sales one use: the first document that they were made of, or else the sale itself; 0: a new one."""
    return min((origin for origin, _ in document.origins.values()), default=document.id or 0)


def _bounds(session: Session, word: str) -> tuple[int | None, int | None]:
    """The narrowest bounds of a coupon's rules; None: none."""
    rules = [row for row in known_prices(session).rules if row.coupon == word]
    in_all = [row.most_uses for row in rules if row.most_uses is not None]
    by_contact = [row.most_by_contact for row in rules if row.most_by_contact is not None]
    return min(in_all, default=None), min(by_contact, default=None)
