"""What production does when documents are posted or corrected: a bill that is no longer in use makes nothing new."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.documents import Document, Named, named_in, newly_named, remember_named
from app.api.errors import Invalid
from app.api.security import Actor, PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.web import OverviewFigure
from modules.production import capability
from modules.production.models import Bom

_BILLS = PastPolicy("bills have no scope and no closed column")


def document_posting(session: Session, actor: Actor, documents: Sequence[Document]) -> None:
    """Nothing new is made by a bill that is no longer in use."""
    del actor
    _refuse_out_of_use(session, named_in(documents, Bom))


def document_correcting(session: Session, document: Document) -> None:
    """The bill that the document names already may stay."""
    remember_named(session, document, Bom)


def document_corrected(session: Session, document: Document) -> None:
    """A correction goes over to no bill that is no longer in use."""
    _refuse_out_of_use(session, newly_named(session, document, Bom))


def _refuse_out_of_use(session: Session, named: Iterable[Named]) -> None:
    ids = {n.record_id for n in named}
    if not ids:
        return
    bom = Bom.__table__.c
    for bom_id in _BILLS(session).execute(select(bom.id).where(bom.id.in_(ids), bom.is_active.is_(False))).scalars():
        off = session.get_one(Bom, bom_id)
        name = f"{off.item.code} {off.item.name} {off.name}".strip()
        raise Invalid(_l("The bill of materials “%(name)s” is no longer in use.", name=name), field="bom_id")


def overview_figures(session: Session, actor: Actor, since: date, until: date) -> Iterator[OverviewFigure]:
    """What can be made now."""
    del since, until  # as of now
    yield from capability.figures(session, actor)
