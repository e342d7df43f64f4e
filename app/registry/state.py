"""Moving the generation number."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.registry.models import Generation

_BUMP = update(Generation).where(Generation.id == 1).values(number=Generation.number + 1)


def bump_generation(session: Session) -> None:
    """Make every worker read modules and rights again at its next request."""
    session.execute(_BUMP, execution_options={"synchronize_session": False})
