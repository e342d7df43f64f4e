"""What is done with internal requests besides drafting them: what is left of one is refused."""

from sqlalchemy.orm import Session

from app.api.documents import close, locked
from app.api.errors import Invalid
from app.api.security import Actor, require
from app.api.texts import lazy_gettext as _l
from app.api.texts import visible
from modules.warehouse.requisitions import REQUISITION
from modules.warehouse.requisitions.models import Requisition

#: no reason is longer
LONGEST = 500


def refuse_rest(session: Session, actor: Actor, document_id: int, reason: str) -> Requisition:
    """Close a request, of which no more will be sent, and say why. Refused: no reason, one longer than LONGEST (Invalid); a
    request that isn't open (Conflict)."""
    require(actor, f"{REQUISITION}.post")
    reason = visible(reason)
    if not 0 < len(reason) <= LONGEST:
        raise Invalid(_l("Say why, in at most %(n)s characters.", n=LONGEST), field="reason")
    document = locked(session, Requisition, document_id)
    close(session, actor, document)
    document.refusal = reason
    return document
