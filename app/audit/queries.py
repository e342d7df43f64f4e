"""Reading the audit."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditLine


def last_change(session: Session, subject: str, subject_id: int, *, since: datetime) -> AuditLine | None:
    """The last line since a moment (UTC) that says of a record that it was changed; reads no more than the lines since then."""
    query = select(AuditLine).where(
        AuditLine.moment >= since,
        AuditLine.subject == subject,
        AuditLine.subject_id == subject_id,
        AuditLine.action.startswith(f"{subject}."),
        AuditLine.action != f"{subject}.view",
    )
    return session.scalars(query.order_by(AuditLine.moment.desc(), AuditLine.id.desc()).limit(1)).first()
