"""Who did and who saw what: lines that are chained by hash, so that a changed or missing line shows."""

from app.audit.chain import record, verify
from app.audit.looks import Look, are_looks_waiting, note_look, write_down_looks, write_last_looks
from app.audit.models import AuditHead, AuditLine
from app.audit.queries import last_change

__all__ = [
    "AuditHead",
    "AuditLine",
    "Look",
    "are_looks_waiting",
    "last_change",
    "note_look",
    "record",
    "verify",
    "write_down_looks",
    "write_last_looks",
]
