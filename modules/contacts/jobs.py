"""The contacts' jobs."""

from typing import Any

from app.api.jobs import JobKind, Run
from app.api.security import SYSTEM
from app.api.texts import lazy_gettext as _l
from modules.contacts.duplicates import JOB, find_pairs


def _find(run: Run) -> dict[str, Any]:
    return {"pairs": run.company.database.run(find_pairs, actor=SYSTEM)}


find_duplicates = JobKind(JOB, _l("Find duplicates of contacts"), _find, is_resumable=True)
