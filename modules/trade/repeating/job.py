"""The job that makes what is due of repeated documents. What one of them refuses is reported, and the others are made."""

from functools import partial
from typing import Any

from app.api.clock import wall_clock
from app.api.errors import KontorError
from app.api.jobs import JobKind, Run, Schedule
from app.api.security import PROGRAM, SYSTEM
from app.api.texts import lazy_gettext as _l
from modules.trade.repeating.making import due_repetitions, make_next, note_error

NAME = "trade.repeat"


def make_due(run: Run) -> dict[str, Any]:
    """Make every document that is due by today, also those of days on which no server ran."""
    database, today = run.company.database, wall_clock().date()
    due = database.run(lambda s: due_repetitions(s, today), actor=SYSTEM, write=False)
    made = failed = 0
    for repetition_id in due:
        work = partial(make_next, company=run.company, repetition_id=repetition_id, today=today)
        try:
            while database.run(work, actor=PROGRAM):
                made += 1
                run.progress(made + failed)
        except KontorError as error:
            failed += 1
            report = partial(note_error, repetition_id=repetition_id, message=error.message)
            database.run(report, actor=SYSTEM)
        run.progress(made + failed)
    return {"made": made, "failed": failed}


#: done twice it makes nothing twice
repeating = JobKind(NAME, _l("Repeat documents"), make_due, is_resumable=True)
every_night = Schedule(NAME, _l("Repeat documents"), NAME, "30 3 * * *")
