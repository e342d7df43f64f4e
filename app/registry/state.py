"""Reading and moving the generation number."""

from sqlalchemy import text
from sqlalchemy.orm import Session

_BUMP = text("UPDATE core_generation SET number = number + 1 WHERE id = 1")


def bump_generation(session: Session) -> None:
    """Make every worker read modules and rights again at its next request."""
    session.execute(_BUMP)
