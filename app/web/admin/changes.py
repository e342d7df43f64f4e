"""The list of changes, field by field: what each record said before and after, by whom and when."""

from collections.abc import Iterable
from typing import Any

from flask import current_app, request, url_for
from sqlalchemy import ColumnElement, and_, false, func, literal, select
from sqlalchemy.orm import Session

from app.audit import AuditChange, AuditLine, AuditValue
from app.security import User
from app.translation import lazy_gettext as _l
from app.web.admin.changed import CLOSED, field_word, fields_by_noun, ready_names, record_word, value_word
from app.web.admin.recorded import action_word, noun_word
from app.web.edge.request import current_actor
from app.web.kit.tables import Column, Filter, Table, period_filters

#: changes of one line at most, for the key by which pages are found
_MOST = 10_000_000


def record_address(row: Any) -> str | None:
    """The page of what an audit line is about, when it has one that is open to the reader."""
    endpoint = f"{row.subject}_view"
    view = current_app.view_functions.get(endpoint)
    if not row.subject_id or view is None or not current_actor().may(f"{row.subject}.view"):
        return None
    rule = next(current_app.url_map.iter_rules(endpoint))
    return url_for(endpoint, **dict.fromkeys(rule.arguments, row.subject_id)) if len(rule.arguments) == 1 else None


def people(session: Session) -> list[tuple[str, object]]:
    """Whose chains there can be: everybody's, and the program's own."""
    people = session.execute(select(User.id, User.name).order_by(User.name_order)).all()
    return [(str(row.id), row.name) for row in people] + [("0", _l("by itself"))]


def of_person(value: str) -> ColumnElement[bool]:
    return AuditLine.chain == (int(value) if value.isdecimal() and len(value) < 19 else -1)


def _source(_session: Session) -> Any:
    of, line, value = AuditChange, AuditLine, AuditValue
    same = and_(value.chain == of.chain, value.sequence == of.sequence, value.position == of.position)
    query = select().select_from(of).join(line, and_(line.chain == of.chain, line.sequence == of.sequence))
    return query.outerjoin(value, same)


def _of_record(text: str) -> ColumnElement[bool]:
    noun, _colon, number = text.partition(":")
    if not number.isdecimal() or len(number) > 18:
        return false()
    return and_(AuditChange.subject == noun, AuditChange.subject_id == int(number))


def _of_line(text: str) -> ColumnElement[bool]:
    chain, _dash, sequence = text.partition("-")
    if not (chain.isdecimal() and sequence.isdecimal()) or max(len(chain), len(sequence)) > 18:
        return false()
    return and_(AuditChange.chain == int(chain), AuditChange.sequence == int(sequence))


def _subjects(_session: Session) -> list[tuple[str, object]]:
    # As models declare them: what the audit has grows without end, and would be read whole to know which are in it.
    return _in_order((name, noun_word(name)) for name in fields_by_noun())


def _fields(_session: Session) -> list[tuple[str, object]]:
    """Of the kind of records that is chosen, or whose record is shown."""
    noun = request.args.get("subject") or request.args.get("record", "").partition(":")[0]
    return _in_order((name, field_word(name)) for name in fields_by_noun().get(noun, ()))


def _in_order(choices: Iterable[tuple[str, object]]) -> list[tuple[str, object]]:
    return sorted(choices, key=lambda choice: str(choice[1]))


def _record(row: Any) -> str:
    return record_word(row.subject, row.subject_id)


def _before(row: Any) -> str:
    return CLOSED if row.is_there is None else value_word(row.field, row.before, row.part)


def _after(row: Any) -> str:
    return CLOSED if row.is_there is None else value_word(row.field, row.after, row.part)


audit_changes = Table(
    name="core.audit_change",
    title=_l("Changes, field by field"),
    needs="core.audit.view",
    source=_source,
    key=AuditLine.id * literal(_MOST) + AuditChange.position,
    columns=(
        Column("moment", _l("When (UTC)"), AuditLine.moment, "moment"),
        Column("actor", _l("Who"), AuditLine.actor),
        Column("subject", _l("Of what"), AuditChange.subject, link=record_address, row_words=_record),
        Column("field", _l("Field"), AuditChange.field, words=field_word, headline=True),
        Column("before", _l("Before"), AuditValue.before, row_words=_before, sortable=False),
        Column("after", _l("After"), AuditValue.after, row_words=_after, sortable=False),
        Column("action", _l("What"), AuditLine.action, words=action_word, is_aside=True),
        Column("summary", _l("Details"), AuditLine.summary, is_aside=True, sortable=False),
        Column("subject_id", "", AuditChange.subject_id, hidden=True, sortable=False),
        Column("part", "", AuditChange.part, hidden=True, sortable=False),
        Column("is_there", "", AuditValue.position, hidden=True, sortable=False),
        Column("id", "", AuditLine.id * literal(_MOST) + AuditChange.position, hidden=True, sortable=False),
    ),
    order="-moment",
    search=(
        func.lower(AuditLine.actor + " " + AuditLine.summary),
        func.lower(AuditValue.before),
        func.lower(AuditValue.after),
    ),
    filters=(
        Filter("person", _l("Who"), of_person, people),
        Filter("subject", _l("Of what"), lambda value: AuditChange.subject == value, _subjects),
        Filter("field", _l("Field"), lambda value: AuditChange.field == value, _fields),
        *period_filters(AuditLine.moment),
        Filter("record", _l("Any record"), _of_record, kind="text", is_aside=True),
        Filter("line", _l("Line"), _of_line, kind="text", is_aside=True),
    ),
    empty=_l("Nothing has been changed yet, of what these filters show."),
    is_found=False,
    ready=ready_names,
)
