"""What two people, or two versions, say differently: field by field, as people read it."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import inspect
from wtforms import BooleanField, SelectMultipleField

from app.audit import last_change
from app.clock import on_the_wall
from app.custom import value_named
from app.db import utc_now
from app.documents import Document
from app.errors import Changed, KontorError
from app.formats import day, moment, number
from app.reference.phones import shown_phone
from app.security import MASKED
from app.web.edge.request import current_session
from app.web.kit.beginning import ABSENT, beginning_of, read_beginning, text_of
from app.web.kit.forms import Form
from app.web.kit.lines.field import LinesField
from app.web.kit.lines.lookup_field import LookupField
from app.web.kit.lines.lookups import titles_of
from app.web.kit.phones import PhoneField
from app.web.kit.selects import SelectField


@dataclass(frozen=True, slots=True)
class Difference:
    """What one field says, and what the other version says there."""

    title: str
    mine: str
    theirs: str


def show_refusal(
    form: Form, error: KontorError, *, typed: Any = None, said: Callable[[Any], Any] = lambda stored: stored
) -> None:
    """Show on its form what an operation refused; nothing of it stays written.

    Where somebody else has saved the record meanwhile (Changed), the form takes over what only they have changed. Of what both
    have changed, both versions are shown, and saving again takes what stands in the form. Values are found by the fields'
    names, as in a mapping or as attributes: `typed`, where it isn't the form's own values, and what `said` makes of the stored
    record.
    """
    if isinstance(error, Changed):
        mine, theirs = form.values() if typed is None else typed, said(error.stored)
        settled, taken = _take_over(form, theirs)
        form.taken = [str(form[name].label.text) for name in taken]
        _follow(form, theirs, taken)
        form.changed = differences(form, mine, theirs, without=taken if error.asks_about_all else settled)
        form.saved = _who_saved(error.stored)
        form["version"].show(error.stored.version, beginning_of(form, theirs))
    current_session().rollback()
    form.refuse(error)


def _take_over(form: Form, theirs: Any) -> tuple[list[str], list[str]]:
    """Let the form say what only somebody else has changed. Gives the fields of which nobody need be asked, and of these
    the ones that say something else now."""
    began = read_beginning(form["version"].beginning)
    settled: list[str] = []
    taken: list[str] = []
    for field in form.entries:
        value, before = _value(theirs, field.name), began.get(field.name)
        if before is None or value is ABSENT or value is MASKED:
            continue
        mine, other = text_of(field, field.data), text_of(field, value)
        if isinstance(field, SelectMultipleField):  # each choice is one's own or theirs
            own, old = set(mine), set(before)
            value = sorted(set(other) - (old - own) | (own - old))
            is_taken = set(value) != own
        else:
            is_taken = mine == before != other
            if before not in (mine, other):
                continue
        settled.append(field.name)
        if is_taken:
            _show(field, value)
            taken.append(field.name)
    return settled, taken


def _follow(form: Form, theirs: Any, taken: Container[str]) -> None:
    """Let lines that stand as they were typed name the stored lines as these are now."""
    for field in form.entries:
        if isinstance(field, LinesField) and field.name not in taken:
            field.follow(_value(theirs, field.name) or ())


def _show(field: Any, value: Any) -> None:
    if isinstance(field, LinesField):
        field.show(value or ())
    else:
        field.process_data(value)
        field.raw_data = None


def _who_saved(stored: Any) -> str:
    """Who has changed a record last, and when, as the audit says of the last day."""
    state = inspect(stored)
    key = state.identity[0] if state.identity else None
    if not isinstance(key, int):  # of what has a name instead, such as a schedule, the audit keeps no number
        return ""
    table = state.mapper.base_mapper.local_table.name
    subject = stored.kind if isinstance(stored, Document) else table.replace("_", ".", 1)
    line = last_change(current_session(), subject, key, since=utc_now() - timedelta(days=1))
    if line is None:
        return ""
    return str(_("Last change: %(name)s, %(moment)s.", name=line.actor, moment=moment(on_the_wall(line.moment))))


def differences(form: Form, mine: Any, theirs: Any, *, without: Container[str] = ()) -> list[Difference]:
    """Where two versions of what the form shows differ. Left out: what is closed, and what the second doesn't have at all;
    nothing and an empty text are alike; fields named in `without`."""
    found: list[Difference] = []
    for field in (field for field in form.entries if field.name not in without):
        one, other = _value(mine, field.name), _value(theirs, field.name)
        if isinstance(field, LinesField):
            found += _of_lines(field, one or (), other or ())
        elif ABSENT in (one, other) or other is MASKED or _is_same(one, other):
            continue
        elif isinstance(field, SelectMultipleField):
            found += _of_choices(field, set(one or ()), set(other))
        elif (shown := _shown(field, one, mine)) != (instead := _shown(field, other, theirs)):  # a form says no seconds
            found.append(Difference(str(field.label.text), shown, instead))
    return found


def _value(version: Any, name: str) -> Any:
    return value_named(version, name, ABSENT)


def _is_same(one: Any, other: Any) -> bool:
    return (None if one == "" else one) == (None if other == "" else other)


def _of_choices(field: SelectMultipleField, mine: set[str], theirs: set[str]) -> list[Difference]:
    differing = [
        (str(c.label), c.value in mine) for c in field.iter_choices() if (c.value in mine) != (c.value in theirs)
    ]
    return [Difference(title, _yes_or_no(is_mine), _yes_or_no(not is_mine)) for title, is_mine in differing]


def _of_lines(field: LinesField, mine: Sequence[Any], theirs: Sequence[Any]) -> list[Difference]:
    titles = titles_of(field.lookup, {_value(line, "item_id") for line in (*mine, *theirs)})
    found = []
    for i in range(max(len(mine), len(theirs))):
        one, other = (_line(field, lines[i], titles) if i < len(lines) else "" for lines in (mine, theirs))
        if one != other:
            found.append(Difference(_("Line %(n)s", n=i + 1), one, other))
    return found


def _line(field: LinesField, line: Any, titles: Mapping[int, str]) -> str:
    values = [(cell, _value(line, cell.name)) for cell in field.cells]
    said = [f"{cell.title}: {cell.said(v)}" for cell, v in values if v is not None and v is not MASKED]
    return "; ".join([titles.get(_value(line, "item_id"), ""), *said])


def _shown(field: Any, value: Any, version: Any) -> str:
    if isinstance(field, SelectField):
        return field.title_of(value, version) or ("–" if value in (None, "") else str(value))
    if value is None or value == "":
        return "–"
    if isinstance(field, BooleanField):
        return _yes_or_no(value)
    if isinstance(field, LookupField):
        return str(titles_of(field.lookup, {value}).get(value, "–"))
    if isinstance(field, PhoneField):
        return shown_phone(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    return str(number(value) if isinstance(value, Decimal) else value)


def _yes_or_no(value: Any) -> str:
    return str(_("yes") if value else _("no"))
