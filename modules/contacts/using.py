"""Which contacts documents may be with: one that is no longer in use buys and sells nothing new, in documents of any kind.

Drafts may name it, as somebody may still decide; returns, payments and allocations may too (`Document.clears_up`), as what is
owed has to be settled.
"""

from collections.abc import Iterable

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.api.documents import Named
from app.api.errors import Invalid
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from modules.contacts.models import Contact

_CONTACTS = PastPolicy("whoever may post a document with a contact sees its name where it is no longer in use")

_C = Contact.__table__.c
#: put together once: posting asks it each time
_OUT_OF_USE = (
    select(_C.name).where(_C.id.in_(bindparam("ids", expanding=True)), _C.is_active.is_(False)).order_by(_C.id).limit(1)
)


def refuse_out_of_use(session: Session, named: Iterable[Named]) -> None:
    """Refuse (Invalid) documents with contacts that are no longer in use, unless they clear up."""
    ids = {n.record_id for n in named if not n.document.clears_up}
    if not ids:
        return
    name = _CONTACTS(session).scalar(_OUT_OF_USE, {"ids": list(ids)})
    if name is not None:
        raise Invalid(_l("“%(name)s” is no longer in use.", name=name), field="contact_id")
