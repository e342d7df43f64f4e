"""The contacts' jobs."""

from typing import Any

from app.api.jobs import JobKind, Run, Schedule
from app.api.security import SYSTEM
from app.api.texts import lazy_gettext as _l
from modules.contacts.clients.mailing import client_mail as client_mail
from modules.contacts.contract_reminders import remind_of_contracts
from modules.contacts.duplicates import JOB, find_pairs
from modules.contacts.letters.sending import letter_job as letter_job  # declared by standing here
from modules.contacts.letters.sending import quiet_letter_job as quiet_letter_job
from modules.contacts.mailings.running import every_five_minutes as due_mailings  # noqa: F401 - the same
from modules.contacts.mailings.running import looking as looking
from modules.contacts.mailings.running import mailing_job as mailing_job
from modules.contacts.work.reminding import PAGE, remind


def _remind(run: Run) -> dict[str, Any]:
    reminded = 0
    while True:
        some: int = run.company.database.run(remind, actor=SYSTEM)
        reminded += some
        if some < PAGE:
            return {"reminded": reminded}
        run.progress(reminded)


remind_of_tasks = JobKind("contacts.remind_of_tasks", _l("Remind of tasks"), _remind, is_resumable=True)
every_five_minutes = Schedule("contacts.remind_of_tasks", _l("Remind of tasks"), remind_of_tasks.name, "*/5 * * * *")


def _remind_of_contracts(run: Run) -> dict[str, Any]:
    return {"reminded": run.company.database.run(remind_of_contracts, actor=SYSTEM)}


of_contracts = JobKind(
    "contacts.remind_of_contracts", _l("Remind of contracts that end"), _remind_of_contracts, is_resumable=True
)
every_morning = Schedule(
    "contacts.remind_of_contracts", _l("Remind of contracts that end"), of_contracts.name, "0 7 * * *"
)


def _find(run: Run) -> dict[str, Any]:
    return {"pairs": run.company.database.run(find_pairs, actor=SYSTEM)}


find_duplicates = JobKind(JOB, _l("Find duplicates of contacts"), _find, is_resumable=True)
