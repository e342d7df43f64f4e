"""Which contacts documents may be with: one that is no longer in use buys and sells nothing new, in documents of any kind.

Drafts may name it, as somebody may still decide; returns, payments and allocations may too (`Document.clears_up`), as what is
owed has to be settled.
"""

from collections.abc import Iterable

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.api.data import forget_what_others_change, remembered
from app.api.documents import Named
from app.api.errors import Invalid
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from modules.contacts.models import Contact

_CONTACTS = PastPolicy("whoever may post a document with a contact sees its name where it is no longer in use")

_C = Contact.__table__.c
#: put together once: posting asks it each time
_ASKED = select(_C.id, _C.name, _C.is_active).where(_C.id.in_(bindparam("ids", expanding=True)))


def refuse_out_of_use(session: Session, named: Iterable[Named]) -> None:
    """Refuse (Invalid) documents with contacts that are no longer in use, unless they clear up."""
    ids = {n.record_id for n in named if not n.document.clears_up}
    if not ids:
        return
    forget_what_others_change(session, "contacts.contact", ids)
    known = dict(remembered(session, "contacts.contact"))
    if missing := ids - known.keys():  # also one that isn't open to the actor
        known |= {row.id: row for row in _CONTACTS(session).execute(_ASKED, {"ids": list(missing)})}
    if off := sorted(known[i].name for i in ids if not known[i].is_active):
        raise Invalid(_l("“%(name)s” is no longer in use.", name=off[0]), field="contact_id")
