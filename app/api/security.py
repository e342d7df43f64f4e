"""Who may do and see what, and the audit line of what was done."""

from app.audit import record
from app.past_policy import PastPolicy
from app.security import (
    MASKED,
    PROGRAM,
    SYSTEM,
    Actor,
    Limited,
    OfLimited,
    Partner,
    Scoped,
    User,
    criterion_of,
    criterion_through,
    require,
    sees,
    true_values,
    unrestricted,
    visible,
)
from app.security.login import digest_of
from app.security.operations import check_users
from app.security.sealing import seal, unseal

__all__ = [
    "Actor",
    "Limited",
    "MASKED",
    "OfLimited",
    "Partner",
    "PROGRAM",
    "PastPolicy",
    "SYSTEM",
    "Scoped",
    "User",
    "check_users",
    "criterion_of",
    "criterion_through",
    "digest_of",
    "record",
    "require",
    "seal",
    "sees",
    "true_values",
    "unrestricted",
    "unseal",
    "visible",
]
