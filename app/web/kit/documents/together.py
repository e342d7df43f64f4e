"""One document made of several others at once: those that the address names, and those that may be chosen besides."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents import Document, Kind, kind_of
from app.documents.kinds import Makes
from app.documents.links import left_for, takers_of
from app.errors import Invalid, NotFound
from app.translation import lazy_gettext as _l
from app.web.edge.request import current_session

#: documents that one is made of at once, and others that are offered
MOST, OFFERED = 50, 50
#: how often so many are looked through for those of which something is left
_TURNS = 10


def origins_named() -> list[Document]:
    """The documents that `?of=` names, once or more often; NotFound where one isn't open to whoever asks."""
    said = dict.fromkeys(each for text in request.args.getlist("of") for each in text.split(",") if each)
    if len(said) > MOST:
        raise Invalid(_l("At most %(n)s documents are made into one.", n=MOST))
    found = [current_session().get(Document, int(n)) if n.isdecimal() and len(n) < 18 else None for n in said]
    if None in found:
        raise NotFound
    return [document for document in found if document is not None]


def made_of(origins: Sequence[Document], kind: Kind[Any]) -> Any:
    """What is left of posted documents of one kind, as a draft. Refused: what can't be made so (NotFound), documents that don't
    go together (Invalid)."""
    makes = makes_of(origins[0], kind)
    if makes is None or any(o.state != "posted" or o.kind != origins[0].kind for o in origins):
        raise NotFound
    drafts = [makes.draft(current_session(), origin) for origin in origins]
    if len(drafts) == 1:
        return replace(drafts[0], custom=None)
    if makes.joins is None:
        raise NotFound
    return replace(makes.joins(drafts), custom=None)


def makes_of(origin: Document, kind: Kind[Any]) -> Makes | None:
    """How a document of the kind is made of another."""
    return next((makes for makes in kind_of(origin).makes if makes.target == kind.name), None)


def others_offered(session: Session, origins: Sequence[Document], kind: Kind[Any]) -> list[Document]:
    """Further documents that may be taken into the same one, open to the actor: of the same kind, of which something is left
    to make of, the newest first; where lines are taken, of the same partner and in the same currency."""
    first: Any = origins[0]
    makes = makes_of(first, kind)
    if makes is None or makes.joins is None or first.state != "posted":
        return []
    model: Any = type(first)
    query = select(model).where(model.state == "posted", model.organisation_id == first.organisation_id)
    if makes.takes and model.partner:
        query = query.where(getattr(model, model.partner) == getattr(first, model.partner))
        query = query.where(model.currency == first.currency)
    query = query.where(model.id.not_in([o.id for o in origins])).order_by(model.id.desc()).limit(OFFERED)
    found, open_ones = session.scalars(query).all(), list[Document]()
    for _ in range(_TURNS):
        takers = takers_of(session, [document.id for document in found])
        open_ones += [d for d in found if any(left > 0 for left in left_for(d, takers, kind.name).values())]
        if len(found) < OFFERED or len(open_ones) >= OFFERED:
            break
        found = session.scalars(query.where(model.id < found[-1].id)).all()
    return open_ones[:OFFERED]
