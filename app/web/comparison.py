"""What two people, or two versions, say differently: field by field, as people read it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from wtforms import BooleanField, SelectField, SelectMultipleField

from app.custom import value_named
from app.errors import Changed, KontorError
from app.security import MASKED
from app.web.edge import current_session
from app.web.formats import day, moment, number
from app.web.forms import Form
from app.web.line_field import LinesField
from app.web.lookup_field import LookupField
from app.web.lookups import titles_of

_ABSENT: Any = object()


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

    Of what somebody else has saved meanwhile (Changed) both versions are shown, and saving again replaces theirs. Values are
    found by the fields' names, as in a mapping or as attributes: `typed`, where it isn't the form's own values, and what
    `said` makes of the stored record.
    """
    if isinstance(error, Changed):
        form.changed = differences(form, form.values() if typed is None else typed, said(error.stored))
        form["version"].show(error.stored.version)
    current_session().rollback()
    form.refuse(error)


def differences(form: Form, mine: Any, theirs: Any) -> list[Difference]:
    """Where two versions of what the form shows differ. Left out: what is closed, and what the second doesn't have at all;
    nothing and an empty text are alike."""
    found: list[Difference] = []
    for field in form.entries:
        one, other = _value(mine, field.name), _value(theirs, field.name)
        if isinstance(field, LinesField):
            found += _of_lines(field, one or (), other or ())
        elif _ABSENT in (one, other) or other is MASKED or _is_same(one, other):
            continue
        elif isinstance(field, SelectMultipleField):
            found += _of_choices(field, set(one or ()), set(other))
        else:
            found.append(Difference(str(field.label.text), _shown(field, one), _shown(field, other)))
    return found


def _value(version: Any, name: str) -> Any:
    return value_named(version, name, _ABSENT)


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
    values = [(cell.title, _value(line, cell.name)) for cell in field.cells]
    said = [f"{title}: {number(value)}" for title, value in values if value is not None and value is not MASKED]
    return "; ".join([titles.get(_value(line, "item_id"), ""), *said])


def _shown(field: Any, value: Any) -> str:
    if isinstance(field, SelectField):
        titles = {str(field.coerce(choice.value)): str(choice.label) for choice in field.iter_choices()}
        text = "" if value is None else str(value)
        return titles.get(text, text or "–")
    if value is None or value == "":
        return "–"
    if isinstance(field, BooleanField):
        return _yes_or_no(value)
    if isinstance(field, LookupField):
        return str(titles_of(field.lookup, {value}).get(value, "–"))
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    return str(number(value) if isinstance(value, Decimal) else value)


def _yes_or_no(value: Any) -> str:
    return str(_("yes") if value else _("no"))
