"""Who did and who saw what: lines that are chained by hash, so that a changed or missing line shows."""

from app.audit.chain import record
from app.audit.changes import UNKEPT, UNKNOWN, tables_of_records
from app.audit.erasing import erase_values
from app.audit.looks import Look, are_looks_waiting, note_look, write_down_looks, write_last_looks
from app.audit.models import AuditChange, AuditHead, AuditLine, AuditValue
from app.audit.proof import verify
from app.audit.queries import last_change

__all__ = [
    "AuditChange",
    "AuditHead",
    "AuditLine",
    "AuditValue",
    "Look",
    "UNKEPT",
    "UNKNOWN",
    "are_looks_waiting",
    "erase_values",
    "last_change",
    "note_look",
    "record",
    "tables_of_records",
    "verify",
    "write_down_looks",
    "write_last_looks",
]
