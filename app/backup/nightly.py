"""Backing up by itself: make one in the data folder, prove it, record what came of it, and remove those that are outdated."""

import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.audit import record
from app.backup.abandoned import remove_abandoned
from app.backup.encryption import Key, Lock, public_keys
from app.backup.errors import Damaged, NotABackup
from app.backup.making import Made, make_backup
from app.backup.models import Backup, BackupPlan
from app.backup.proof import prove
from app.backup.queries import backup_file, backup_plan, folder_of
from app.backup.retention import Kept, outdated
from app.clock import on_the_wall
from app.company import Company
from app.db import utc_now
from app.errors import Conflict, Invalid, KontorError
from app.security.actor import Actor, require
from app.texts import shortened
from app.translation import lazy_gettext as _l
from app.versions import begin_version

#: More would fill any disk, and no rule needs them.
MOST_KEPT = 1000
#: how the names of backups end
ENDING = ".kontor"
#: Whatever refuses, or fails, without being a bug.
_FAILURES = (KontorError, OSError, sqlite3.Error, DBAPIError)
_BUSY = _l("Another backup is under way. Wait for its end.")


class Unproven(Conflict):
    """The backup was made, but isn't proven."""

    def __init__(self, error: str) -> None:
        super().__init__(_l("The backup was made, but it isn't proven: %(error)s", error=error))


def back_up(company: Company, actor: Actor, begin: Callable[[object], None]) -> dict[str, Any]:
    """Make, prove and record a backup in the data folder, then remove outdated ones; what came of it, as JSON.

    Commits by itself. Refused: whatever keeps it from being made; Unproven, which leaves the backup where it is. Both are
    recorded, and outdated ones go all the same.
    """
    require(actor, "core.backup.manage")
    with company.database.alone("backup", Conflict(_BUSY)):
        plan = company.database.run(backup_plan, actor=actor, write=False)
        moment = utc_now().replace(microsecond=0)
        folder = folder_of(company.config)
        folder.mkdir(mode=0o700, exist_ok=True)
        remove_abandoned(company)
        try:
            lock = Lock(recipients=lines_of(plan.recipients))
            made = make_backup(company, folder / _name(folder, moment), lock, begin)
        except _FAILURES as error:
            _record_failure(company, actor, moment, _reason(error))
            prune(company, actor, plan)
            if isinstance(error, KontorError):
                raise
            raise Conflict(_l("The backup could not be made: %(why)s", why=_reason(error))) from error
        backup_id = _record(company, actor, moment, made)  # at once, so that whatever ends the proof, it is known
        proof = _first_proof(made, company, begin)
        _record_proof(company, actor, backup_id, proof)
        removed = prune(company, actor, plan)
    if not proof["proven"]:
        raise Unproven(proof["errors"][0])
    facts = {"backup": made.path.name, "bytes": made.bytes, "removed": removed, "left_out": made.left_out}
    return {**facts, **proof}


def prove_again(company: Company, actor: Actor, backup_id: int, begin: Callable[[object], None]) -> dict[str, Any]:
    """Prove a plain backup of the data folder once more: disks rot. What came of it is recorded.

    Refused (Conflict): an encrypted one, as this server has no key to it; `kontor backup verify` asks for one; while another
    backup is under way. Whatever else keeps it from being proved (no room, no server, a newer program's backup) is raised, and
    nothing is recorded: it says nothing about the backup.
    """
    require(actor, "core.backup.manage")
    find: Callable[[Session], tuple[Backup, Path]] = lambda s: backup_file(s, company.config, backup_id)  # noqa: E731
    backup, path = company.database.run(find, actor=actor, write=False)
    if backup.is_encrypted:
        raise Conflict(_l("It is encrypted. Prove it with “kontor backup verify”, where its key is."))
    with company.database.alone("backup", Conflict(_BUSY)):
        answer = _proof(path, Key(), company, begin)
        _record_proof(company, actor, backup_id, answer)
    return answer


def prune(company: Company, actor: Actor, plan: BackupPlan) -> list[str]:
    """Remove the files of backups that are outdated; gives their names. One whose file is gone takes no other's place."""
    folder = folder_of(company.config)

    def work(session: Session) -> list[str]:
        known_here = session.scalars(select(Backup).where(Backup.removed_at.is_(None), Backup.name.is_not(None)))
        by_name = {str(b.name): b for b in known_here if (folder / str(b.name)).is_file()}
        known = [Kept(name, on_the_wall(b.made_at), b.is_proven) for name, b in by_name.items()]
        gone = [kept.name for kept in outdated(known, daily=plan.keep_daily, weekly=plan.keep_weekly)]
        for name in gone:
            by_name[name].removed_at = utc_now()
            record(session, "core.backup.remove", subject="core.backup", subject_id=by_name[name].id, summary=name)
        return gone

    gone = company.database.run(work, actor=actor)
    for name in gone:  # after the commit: a file without its row is a pity, a row without its file a lie
        (folder / name).unlink(missing_ok=True)
    return gone


def change_plan(
    session: Session, actor: Actor, *, keep_daily: int, keep_weekly: int, recipients: str, version: int | None = None
) -> None:
    """Change what is kept, and who may read it.

    Refused: fewer than one day, a line that isn't a public key (Invalid); a plan saved since `version` (Changed).
    """
    require(actor, "core.backup.manage")
    for field, count, least in (("keep_daily", keep_daily, 1), ("keep_weekly", keep_weekly, 0)):
        if not least <= count <= MOST_KEPT:
            message = _l("Between %(least)s and %(most)s are kept.", least=least, most=MOST_KEPT)
            raise Invalid(message, field=field)
    lines = lines_of(recipients)
    public_keys(lines)
    plan = backup_plan(session)
    if plan.version == 0:
        plan.version = 1
        session.add(plan)
    else:
        begin_version(session, plan, version)
    plan.keep_daily, plan.keep_weekly, plan.recipients = keep_daily, keep_weekly, "\n".join(lines)
    session.flush()
    summary = f"{keep_daily} + {keep_weekly}, {len(lines)} keys"
    record(session, "core.backup.plan", subject="core.backup_plan", subject_id=plan.id, summary=summary)


def lines_of(text: str) -> list[str]:
    """The lines that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _proof(path: Path, key: Key, company: Company, begin: Callable[[object], None]) -> dict[str, Any]:
    """What came of proving a backup, as JSON; a damaged one is not proven. What keeps it from being proved is raised."""
    server = None if company.database.is_sqlite else company.database.url
    try:
        return prove(path, key, server, begin).as_json()
    except (Damaged, NotABackup) as error:
        return {"proven": False, "errors": [str(error)]}


def _first_proof(made: Made, company: Company, begin: Callable[[object], None]) -> dict[str, Any]:
    """What came of proving a new backup: one that could not be proved isn't proven, for whatever reason."""
    try:
        return _proof(made.path, made.key, company, begin)
    except _FAILURES as error:
        return {"proven": False, "errors": [_reason(error)]}


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return str(error.strerror or error)
    return str(error.orig if isinstance(error, DBAPIError) else error)


def _name(folder: Path, moment: datetime) -> str:
    name = f"kontor-{moment:%Y%m%d-%H%M%S}Z"
    return next(n for i in range(100) if not (folder / (n := f"{name}{f'-{i}' if i else ''}{ENDING}")).exists())


def _record(company: Company, actor: Actor, moment: datetime, made: Made) -> int:
    def work(session: Session) -> int:
        backup = Backup(name=made.path.name, made_at=moment, bytes=made.bytes, is_encrypted=bool(made.key))
        session.add(backup)
        session.flush()
        record(session, "core.backup.make", subject="core.backup", subject_id=backup.id, summary=made.path.name)
        return backup.id

    return company.database.run(work, actor=actor)


def _record_proof(company: Company, actor: Actor, backup_id: int, proof: dict[str, Any]) -> None:
    def work(session: Session) -> None:
        backup = session.get_one(Backup, backup_id)
        backup.is_proven, backup.errors, backup.proved_at = proof["proven"], proof["errors"], utc_now()
        words = f"{backup.name}: {'proven' if backup.is_proven else 'not proven'}"
        record(session, "core.backup.prove", subject="core.backup", subject_id=backup_id, summary=words)

    company.database.run(work, actor=actor)


def _record_failure(company: Company, actor: Actor, moment: datetime, why: str) -> None:
    def work(session: Session) -> None:
        backup = Backup(made_at=moment, errors=[why])
        session.add(backup)
        session.flush()
        record(session, "core.backup.fail", subject="core.backup", subject_id=backup.id, summary=shortened(why, 500))

    company.database.run(work, actor=actor)
