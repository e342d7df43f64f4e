"""Keeping what banks' files say: each entry once, however often and in whatever format it comes."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import pieces
from app.api.reference import organisation_id
from app.api.security import Actor, record, require
from app.api.texts import shortened
from modules.contacts.bank.fingerprints import entries_of, fingerprint, unknown_entries
from modules.contacts.bank.statement import Line, Statement, bare, joined
from modules.contacts.bank_models import BankLine, BankStatement


@dataclass
class Kept:
    """What was, or would be, kept of statements."""

    statements: int = 0
    #: entries that are new
    entries: int = 0
    #: lines of entries that were there already
    known: list[Line] = field(default_factory=list)


def keep_statements(
    session: Session,
    actor: Actor,
    statements: Sequence[Statement],
    *,
    format: str,
    file: str,
    dry_run: bool = False,
) -> Kept:
    """Keep the booked entries of a file that aren't there yet, and the statements that have any; in a `dry_run` only count."""
    require(actor, "contacts.bank.import")
    kept = Kept()
    own = organisation_id(session)
    for statement, new, old in unknown_entries(statements, _known(session, own, statements)):
        kept.known += [entry[0] for entry in old]
        kept.entries += len(new)
        if not new and (old or _is_there(session, own, statement)):
            continue
        kept.statements += 1
        if not dry_run:
            row = _row(statement, own, format, file)
            row.lines = [
                _line_row(line, key, position, number)
                for position, (line, key, number) in enumerate(
                    (line, key, number) for number, (key, entry) in enumerate(new) for line in entry
                )
            ]
            session.add(row)
    if not dry_run and kept.statements:
        session.flush()
        said = f"{file}: {kept.statements} statements, {kept.entries} entries"
        record(session, "contacts.bank.import", subject="core.organisation", subject_id=own, summary=said)
    return kept


def _known(session: Session, organisation: int, statements: Iterable[Statement]) -> Counter[str]:
    """How often each entry of the file is there already."""
    keys = {fingerprint(statement, entry) for statement in statements for entry in entries_of(statement)}
    known: Counter[str] = Counter()
    for some in pieces(list(keys)):
        query = (
            select(BankLine.fingerprint, BankLine.statement_id, BankLine.entry)
            .join(BankStatement, BankStatement.id == BankLine.statement_id)
            .where(BankLine.fingerprint.in_(some), BankStatement.organisation_id == organisation)
            .distinct()
        )
        known.update(row.fingerprint for row in session.execute(query))
    return known


def _is_there(session: Session, organisation: int, statement: Statement) -> bool:
    """Whether a statement without entries is there already."""
    since, until = _days(statement)
    query = select(BankStatement.id).where(
        BankStatement.organisation_id == organisation,
        BankStatement.bare == shortened(bare(statement.account), 60),
        BankStatement.currency == statement.currency,
        BankStatement.number == shortened(statement.number, 60),
        BankStatement.since == since,
        BankStatement.until == until,
    )
    return session.scalars(query.limit(1)).first() is not None


def _days(statement: Statement) -> tuple[object, object]:
    days = [line.day for line in statement.lines]
    said = [day for day in (statement.since, statement.until) if day is not None]
    every = [*days, *said] or [wall_clock().date()]
    return min(every), max(every)


def _row(statement: Statement, organisation: int, format: str, file: str) -> BankStatement:
    since, until = _days(statement)
    return BankStatement(
        organisation_id=organisation,
        account=shortened(joined([statement.account]), 60),
        bare=shortened(bare(statement.account), 60),
        currency=statement.currency,
        number=shortened(joined([statement.number]), 60),
        since=since,
        until=until,
        opening=statement.opening,
        closing=statement.closing,
        format=format,
        file=shortened(file, 200),
    )


def _line_row(line: Line, key: str, position: int, entry: int) -> BankLine:
    return BankLine(
        position=position,
        entry=entry,
        fingerprint=key,
        day=line.day,
        value_day=line.value_day,
        amount=line.amount,
        name=shortened(line.party.name, 300),
        account=shortened(line.party.account, 60),
        bic=shortened(line.party.bic, 20),
        tax_id=shortened(line.party.tax_id, 40),
        purpose=shortened(line.purpose, 2000),
        reference=shortened(line.reference, 140),
        bank_id=shortened(line.bank_id, 140),
    )
