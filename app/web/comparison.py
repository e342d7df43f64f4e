"""What two people, or two versions, say differently: field by field, as people read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from wtforms import BooleanField, SelectField

from app.security import MASKED
from app.web.document_form import DocumentForm
from app.web.formats import day, moment, number
from app.web.forms import Form
from app.web.line_field import LinesField
from app.web.lookup_field import LookupField
from app.web.lookups import titles_of


@dataclass(frozen=True, slots=True)
class Difference:
    """What one field says, and what the other version says there."""

    title: str
    mine: str
    theirs: str


def differences(form: DocumentForm, mine: Any, theirs: Any) -> list[Difference]:
    """Where two drafts of a document differ."""
    found = of_fields(form.heads, _values(mine), _values(theirs))
    return found + _of_lines(form.lines, getattr(mine, "lines", None) or (), getattr(theirs, "lines", None) or ())


def of_form(form: Form, stored: Any) -> list[Difference]:
    """Where what was typed differs from what a record says."""
    fields = [f for f in form if f.name not in ("version", "csrf_token") and hasattr(stored, f.name)]
    return of_fields(fields, form.values(), {f.name: getattr(stored, f.name) for f in fields})


def of_fields(fields: Sequence[Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[Difference]:
    """Where the values of fields differ; nothing and an empty text are alike, and what is closed is left out."""
    found = []
    for field in fields:
        one, other = mine.get(field.name), theirs.get(field.name)
        if other is MASKED or (one or None) == (other or None):
            continue
        found.append(Difference(str(field.label.text), _shown(field, one), _shown(field, other)))
    return found


def _values(draft: Any) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in draft.__dataclass_fields__}


def _of_lines(field: LinesField, mine: Sequence[Any], theirs: Sequence[Any]) -> list[Difference]:
    titles = titles_of(field.lookup, {line.item_id for line in (*mine, *theirs)})
    found = []
    for i in range(max(len(mine), len(theirs))):
        one, other = (_line(field, lines[i], titles) if i < len(lines) else "" for lines in (mine, theirs))
        if one != other:
            found.append(Difference(_("Line %(n)s", n=i + 1), one, other))
    return found


def _line(field: LinesField, line: Any, titles: Mapping[int, str]) -> str:
    values = [(cell.title, getattr(line, cell.name)) for cell in field.cells]
    said = [f"{title}: {number(value)}" for title, value in values if value is not None and value is not MASKED]
    return "; ".join([titles.get(line.item_id, ""), *said])


def _shown(field: Any, value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(field, BooleanField):
        return str(_("yes") if value else _("no"))
    if isinstance(field, LookupField):
        return str(titles_of(field.lookup, {value}).get(value, "–"))
    if isinstance(field, SelectField):
        titles: dict[str, str] = {str(choice.value): str(choice.label) for choice in field.choices or ()}
        return titles.get(str(value), str(value))
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    return str(number(value) if isinstance(value, Decimal) else value)
