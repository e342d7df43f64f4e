"""Who did and who saw what: lines that are chained by hash, so that a changed or missing line shows."""

from app.audit.chain import record, verify
from app.audit.models import AuditHead, AuditLine

__all__ = ["AuditHead", "AuditLine", "record", "verify"]
