"""Whether this server can serve, for whoever watches over it."""

from typing import Any

from flask import current_app
from sqlalchemy import text

from app.backup.queries import backup_state
from app.company import CORE
from app.migrations import pending
from app.past_policy import PastPolicy
from app.version import VERSION
from app.web.core import routes
from app.web.edge.request import current_session
from app.web.edge.routing import PUBLIC

_OWN = PastPolicy("whether the database answers is asked before anybody has signed in")


@routes.get("/healthz", needs=PUBLIC, help=None)
def health() -> tuple[dict[str, Any], int]:
    """Whether this server can serve: version, database, whether it can be written, migrations, jobs; how often its worker was
    started again, and how the last backup went."""
    session = current_session()
    connection = _OWN(session)
    connection.execute(text("SELECT 1"))
    is_pending = pending(connection, CORE)
    jobs, restarts = (current_app.extensions.get(f"kontor.{name}") for name in ("jobs", "restarts"))
    problem = current_app.extensions["kontor.writable"].problem()
    answer = {
        "version": VERSION,
        "database": connection.dialect.name,
        "writes": problem or "ok",
        "migrations": "pending" if is_pending else "current",
        "jobs": jobs.state() if jobs and not is_pending else "off",
        "worker": restarts.state() if restarts else None,
        "backup": None if is_pending else backup_state(session),
    }
    return answer, 503 if is_pending or problem else 200
