"""Reading which custom fields there are: known to every session from its beginning, so that nobody asks for them."""

import json
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.custom.fields import CustomField
from app.custom.models import CustomFieldRow
from app.past_policy import PastPolicy

_OWN = PastPolicy("which fields there are is known to every session; their values are what is confidential")

_KNOWN = "custom_fields"
_ROWS = CustomFieldRow.__table__
_IN_USE = select(_ROWS).where(_ROWS.c.is_active).order_by(_ROWS.c.subject, _ROWS.c.position, _ROWS.c.id)


def fields_known(session: Session) -> dict[str, Any]:
    """For sessions to begin with: subject → its fields in use, in their order. No secret, whoever the session works for."""
    rows = _OWN(session).execute(_IN_USE)
    fields = [_declared(row) for row in rows]
    return {_KNOWN: {subject: tuple(some) for subject, some in groupby(fields, key=lambda f: f.subject)}}


def fields_of(session: Session, subject: str) -> tuple[CustomField, ...]:
    """The fields in use of a subject, whoever may see them."""
    if _KNOWN not in session.info:
        session.info |= fields_known(session)
    found: tuple[CustomField, ...] = session.info[_KNOWN].get(subject, ())
    return found


def open_fields(session: Session, subject: str) -> list[CustomField]:
    """Those that are open to the session's actor."""
    return [field for field in fields_of(session, subject) if session.info["actor"].sees(field.group)]


def _declared(row: Any) -> CustomField:
    return CustomField(
        id=row.id,
        subject=row.subject,
        key=row.key,
        title=row.title,
        type=row.type,
        is_required=row.is_required,
        choices=tuple(json.loads(row.offered)),
        retired=tuple(json.loads(row.retired)),
        group=row.field_group or None,
        is_listed=row.is_listed,
    )
