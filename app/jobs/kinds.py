"""The core's own jobs and schedules: imports, proofs, rehearsals, backups, and those of notifications."""

from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from app import audit, ledger
from app.backup.nightly import back_up, prove_again
from app.files import collecting
from app.importing import Choices, Progress, Report, run_import
from app.jobs.schedules import Schedule
from app.jobs.work import Kind, Run
from app.notifications import kinds
from app.notifications.jobs import (  # noqa: F401 - declared by standing here
    begin_daily_mail,
    check_expiries,
    daily_mail_schedule,
    expiries_schedule,
    send_digest,
    tidy_notifications,
    tidy_schedule,
)
from app.notifications.old_address import mail_of_change  # noqa: F401 - the same
from app.registry.rehearsal import rehearse
from app.sample import NEEDS, as_json, has_marks, remove_sample
from app.security.actor import SYSTEM, require
from app.translation import lazy_gettext as _l
from app.web.kit.documents.many import many_job  # noqa: F401 - the same

#: How many skipped and refused rows a job keeps for its page; the file with the report has them all.
SHOWN = 200


def _import(run: Run) -> dict[str, Any]:
    stages = {"reading": _("reading"), "posting": _("posting")}

    def report_progress(progress: Progress) -> None:
        run.progress(progress.rows, progress.total, stages.get(progress.stage, progress.stage))

    a = run.arguments
    folder = run.company.config.data_dir / "imports" / a["folder"]
    report = run_import(
        run.company,
        run.actor,
        a["target"],
        [folder / name for name in a["files"]],
        a["preset"],
        choices=Choices(**a.get("choices", {})),  # jobs that waited while the program was renewed have none
        dry_run=a["dry_run"],
        skip_errors=a["skip_errors"],
        on_progress=report_progress,
    )
    with (folder / f"report-{run.job_id}.json").open("w", encoding="utf-8") as file:
        file.writelines(report.json())
    return _summary(report)


def _summary(report: Report) -> dict[str, Any]:
    def at(entry: Any) -> dict[str, Any]:
        return {**entry._asdict(), "file": report.files[entry.file] if report.files else ""}

    return {
        "is_whole": report.is_whole,
        "rows_read": report.rows_read,
        "created": dict(report.created),
        "updated": dict(report.updated),
        "skipped_count": len(report.skipped),
        "waiting": report.waiting,
        "errors_count": len(report.errors),
        "skipped": [at(entry) for entry in report.skipped[:SHOWN]],
        "errors": [at(entry) for entry in report.errors[:SHOWN]],
        "control": report.sums,
        "notes": [str(note) for note in report.notes],
        "seconds": round(report.seconds, 1),
    }


def _verify_ledger(run: Run) -> dict[str, Any]:
    require(run.actor, "core.ledger.view")
    # Read for the program, as the proof needs every row; only registers' and documents' numbers are shown.
    registers = [r for r in ledger.Register.declared.values() if run.company.is_on(r.name.partition(".")[0])]

    def begin(register: type[ledger.Register]) -> None:
        done = sum(r.name < register.name for r in registers)
        run.progress(done, len(registers), _("reading every entry: %(register)s", register=register.title))

    return _proof(run, lambda session: ledger.verify(session, begin))


def _prove_audit(run: Run) -> dict[str, Any]:
    require(run.actor, "core.audit.view")
    report_progress = partial(run.progress, message=_("reading every line"))
    run.company.database.run(audit.write_down_looks, actor=SYSTEM)
    return _proof(run, lambda session: audit.verify(session, report_progress))


def _proof(run: Run, verify: Any) -> dict[str, Any]:
    errors = run.company.database.run(lambda session: list(verify(session)), actor=SYSTEM, write=False)
    return {"proven": not errors, "errors": errors[:SHOWN]}


def _rehearse(run: Run) -> dict[str, Any]:
    require(run.actor, "core.module.manage")
    lines: list[str] = []
    for line in rehearse(run.company, run.arguments["module"]):
        lines.append(line)
        run.progress(len(lines), 0, line)
    return {"lines": lines}


def _remove_sample(run: Run) -> dict[str, Any]:
    """All of it in one transaction; one that was cut off after its end finds nothing left to do."""
    require(run.actor, NEEDS)

    def work(session: Any) -> dict[str, Any]:
        if not has_marks(session):
            return {}
        removed = remove_sample(session, run.actor, partial(run.progress, message=_("reversing documents")))
        return {"sample": as_json(removed)}

    return run.company.database.run(work, actor=SYSTEM)


def _back_up(run: Run) -> dict[str, Any]:
    return back_up(run.company, run.actor, _steps(run))


def _prove_backup(run: Run) -> dict[str, Any]:
    return prove_again(run.company, run.actor, run.arguments["backup"], _steps(run))


def _steps(run: Run) -> Callable[[object], None]:
    done = count()
    return lambda step: run.progress(next(done), 0, step)


def report_file(data_dir: Path, folder: str, job_id: int) -> Path:
    """Where the whole report of an import job is."""
    return data_dir / "imports" / folder / f"report-{job_id}.json"


#: of `app.files`
collect_files, collect_files_nightly = collecting.collect, collecting.every_night
imports = Kind("core.import", _l("Import"), _import)
verify_ledger = Kind("core.verify_ledger", _l("Verify the books"), _verify_ledger, is_resumable=True)
prove_audit = Kind("core.prove_audit", _l("Prove the audit"), _prove_audit, is_resumable=True)
backup = Kind("core.backup", _l("Backup"), _back_up, failure=kinds.backup_failed)
nightly_backup = Schedule("core.backup", _l("Nightly backup"), "core.backup", "15 2 * * *")
proof_of_backup = Kind("core.prove_backup", _l("Prove a backup"), _prove_backup, is_resumable=True)
sample_removal = Kind("core.remove_sample", _l("Remove the sample data"), _remove_sample, is_resumable=True)
rehearsal = Kind("core.rehearse", _l("Rehearse a module"), _rehearse)
