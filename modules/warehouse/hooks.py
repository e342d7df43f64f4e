"""What the warehouse does when others act."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.reference import Unit
from app.api.security import Actor
from modules.warehouse.pending import refuse_unsettled
from modules.warehouse.units import refuse_fewer_digits
from modules.warehouse.using import refuse_newly_unusable, refuse_unusable, remember_used


def document_posting(session: Session, actor: Actor, documents: Sequence[Document]) -> None:
    """Nothing new is done with items no longer in use, in closed warehouses, or by parts of a unit that is counted whole."""
    del actor
    refuse_unusable(session, documents)


def document_correcting(session: Session, document: Document) -> None:
    """What the document uses already may stay as it is."""
    remember_used(session, document)


def document_corrected(session: Session, document: Document) -> None:
    """A correction adds nothing that is no longer in use."""
    refuse_newly_unusable(session, document)


def period_closing(session: Session, until: date) -> None:
    """No period is closed while costs in it are being recalculated."""
    refuse_unsettled(session, until)


def unit_changing(session: Session, unit: Unit, digits: int) -> None:
    """A unit is counted no more coarsely than goods of it have moved."""
    refuse_fewer_digits(session, unit, digits)
