"""Several organisations of one company: each has its own books, numbers, requisites and money accounts; contacts, items,
warehouses, rates and users are of all. Whoever works sees the books of one at a time (docs/adr/0072)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import record
from app.clock import zone_of
from app.errors import Conflict, Invalid, NotFound
from app.reference.models import Organisation
from app.reference.rules import check_country
from app.reference.tax_numbers import check_tax_id
from app.registry.state import bump_generation
from app.remembered import set_aside
from app.security.actor import Actor, require
from app.texts import kept
from app.translation import lazy_gettext as _l

#: what a session knows of the organisation in whose books it works
_OF_BOOKS = ("actor", "organisation_facts", "organisation")


def own_organisations(session: Session) -> list[Organisation]:
    """All of them, the first one first: it is the one whose clock and currency hold for all."""
    return list(session.scalars(select(Organisation).order_by(Organisation.id)))


def create_organisation(session: Session, actor: Actor, *, name: str, country: str, tax_id: str = "") -> Organisation:
    """One more organisation of the company, with books of its own that are empty. Its currency is that of the others: items'
    prices and exchange rates are in it.

    Refused: whoever works in some of them alone (Conflict), no name, one that another has (Conflict), no such country, a tax
    number that `check_tax_id` refuses.
    """
    require(actor, "core.organisation.manage")
    if actor.books and not actor.is_system:
        raise Conflict(_l("Only somebody who works in all organisations adds one."), field="name")
    texts = kept(Organisation, {"name": name, "tax_id": tax_id})
    if not texts["name"]:
        raise Invalid(_l("The organisation needs a name."), field="name")
    check_country(country)
    others = own_organisations(session)
    if any(other.name == texts["name"] for other in others):
        raise Conflict(_l("There is an organisation of this name already."), field="name")
    texts["tax_id"] = check_tax_id(texts["tax_id"], country=country)
    first = others[0]
    made = Organisation(
        **texts,
        country=country,
        currency=first.currency,
        edition=first.edition,
        zone=first.zone or zone_of(country),
        tax_rounding=first.tax_rounding,
    )
    session.add(made)
    session.flush()
    record(session, "core.organisation.create", subject="core.organisation", subject_id=made.id, summary=made.name)
    bump_generation(session)
    return made


@contextmanager
def books_of(session: Session, organisation_id: int) -> Iterator[Actor]:
    """Let the session, and the actor that it gives, work in another organisation's books for as long as the block lasts.

    What was changed before it and within it is flushed where it belongs. Limits such as to warehouses are those of the actor's
    own organisation, and hold for nothing that is made elsewhere. Refused (NotFound): an organisation that there isn't.
    """
    actor: Actor = session.info["actor"]
    if session.get(Organisation, organisation_id) is None:
        raise NotFound
    session.flush()
    before = {name: session.info[name] for name in _OF_BOOKS if name in session.info}
    remembered = set_aside(session)
    there = replace(actor, organisation=organisation_id, limits={})
    _let_be(session, {"actor": there})
    try:
        yield there
        session.flush()
    finally:
        _let_be(session, before)
        set_aside(session, remembered)


def _let_be(session: Session, known: dict[str, object]) -> None:
    for name in _OF_BOOKS:
        session.info.pop(name, None)
    session.info.update(known)
