"""Users, roles, permissions, scopes and confidential fields; nothing outside this package decides who may."""

from app.security import audited as audited
from app.security.actor import PROGRAM, SYSTEM, Actor, Partner, require
from app.security.limited import Limited, OfLimited, limited_models, refuse_beyond_limits, ways_within
from app.security.models import Grant, Login, Role, Team, User
from app.security.policy import (
    INTERNAL,
    MASKED,
    Scoped,
    closed_columns,
    criterion_of,
    criterion_through,
    sees,
    sees_all,
    true_values,
    unrestricted,
    visible,
)

__all__ = [
    "INTERNAL",
    "MASKED",
    "PROGRAM",
    "SYSTEM",
    "Actor",
    "Grant",
    "Limited",
    "Login",
    "OfLimited",
    "Partner",
    "Role",
    "Scoped",
    "Team",
    "User",
    "closed_columns",
    "criterion_of",
    "criterion_through",
    "limited_models",
    "refuse_beyond_limits",
    "require",
    "sees",
    "sees_all",
    "true_values",
    "unrestricted",
    "visible",
    "ways_within",
]
