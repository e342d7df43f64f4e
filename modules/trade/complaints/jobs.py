"""Reminding of complaints that are overdue."""

from typing import Any

from app.api.jobs import JobKind, Run, Schedule
from app.api.security import SYSTEM
from app.api.texts import lazy_gettext as _l
from modules.trade.complaints.notices import remind_of_overdue


def _remind(run: Run) -> dict[str, Any]:
    return {"reminded": run.company.database.run(remind_of_overdue, actor=SYSTEM)}


of_complaints = JobKind("trade.remind_of_complaints", _l("Remind of overdue complaints"), _remind, is_resumable=True)
remind_every_morning = Schedule(
    "trade.remind_of_complaints", _l("Remind of overdue complaints"), of_complaints.name, "10 7 * * *"
)
