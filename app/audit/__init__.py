"""Who did and who saw what: lines that are chained by hash, so that a changed or missing line shows."""

from app.audit.chain import record
from app.audit.changes import UNKNOWN
from app.audit.erasing import erase_values
from app.audit.kept import UNKEPT, is_kept, tables_of_records
from app.audit.looks import Look, are_looks_waiting, note_look, write_down_looks, write_last_looks
from app.audit.models import AuditChange, AuditHead, AuditLine, AuditValue
from app.audit.proof import verify
from app.audit.queries import last_change
from app.audit.rows import change_rows, remove_rows

__all__ = [
    "AuditChange",
    "AuditHead",
    "AuditLine",
    "AuditValue",
    "Look",
    "UNKEPT",
    "UNKNOWN",
    "are_looks_waiting",
    "change_rows",
    "erase_values",
    "is_kept",
    "last_change",
    "note_look",
    "record",
    "remove_rows",
    "tables_of_records",
    "verify",
    "write_down_looks",
    "write_last_looks",
]
