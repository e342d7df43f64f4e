"""The job that writes off points whose last day is over, also of days on which no server ran."""

from functools import partial
from typing import Any

from app.api.clock import wall_clock
from app.api.jobs import JobKind, Run, Schedule
from app.api.security import SYSTEM
from app.api.texts import lazy_gettext as _l
from modules.trade.points.balances import expired_keys
from modules.trade.points.changing import expire_points

NAME = "trade.expire_points"


def expire_due(run: Run) -> dict[str, Any]:
    """Write off what has expired of every contact, each in a transaction of its own."""
    database, today, expired = run.company.database, wall_clock().date(), 0
    keys = database.run(partial(expired_keys, today=today), actor=SYSTEM, write=False)
    for done, (organisation, contact, programme) in enumerate(keys, 1):
        expired += database.run(
            partial(expire_points, organisation=organisation, contact_id=contact, programme_id=programme, today=today),
            actor=SYSTEM,
        )
        run.progress(done)
    return {"expired": expired}


expire_points_job = JobKind(NAME, _l("Write off points that have expired"), expire_due, is_resumable=True)
expire_every_night = Schedule(NAME, _l("Write off points that have expired"), NAME, "10 0 * * *")
