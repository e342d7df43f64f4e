"""Erasing what the audit says of a person, while it still proves who did what and when (ADR 56)."""

from sqlalchemy.orm import Session

from app.audit.chain import ERASE, record
from app.driver import Driver

_VALUES = (
    "DELETE FROM core_audit_value WHERE EXISTS (SELECT 1 FROM core_audit_change c WHERE c.subject = ? AND c.subject_id = ?"
    " AND c.chain = core_audit_value.chain AND c.sequence = core_audit_value.sequence"
    " AND c.position = core_audit_value.position)"
)
_SUMMARIES = (
    "UPDATE core_audit SET summary = '', salt = NULL"
    " WHERE subject = ? AND subject_id = ? AND sealed IS NOT NULL AND summary <> ''"
)


def erase_values(session: Session, subject: str, subject_id: int) -> None:
    """Erase what fields of a record said before and after every change, and the texts of the audit's lines of it. That there
    were changes, of which fields, by whom and when, stays and is proven. A line says that it was done.

    Whoever calls has asked for the right. Texts of lines that were written before ADR 56 stay, as they are chained themselves.
    """
    session.flush()
    driver = Driver(session)
    for statement in (_VALUES, _SUMMARIES):
        driver.run(statement, (subject, subject_id))
    record(session, ERASE, subject=subject, subject_id=subject_id)
