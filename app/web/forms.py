"""Form fields that read what people type: shape only; what is allowed is the operation's affair."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, StringField, ValidationError
from wtforms.validators import Length, StopValidation
from wtforms.widgets import HiddenInput, TextInput

from app.errors import KontorError
from app.security import MASKED
from app.web.formats import separators, typed
from app.web.numerals import read_decimal


def parse_decimal(text: str) -> Decimal:
    """A number as the user writes it. Refused (ValueError): whatever is none."""
    return read_decimal(text, group=separators()[1])


class Form(FlaskForm):
    """A form; fields of confidential groups that are closed to the actor are taken out before it is read.

    `of` is the model that it fills, if it fills one: a text may be as long as the column of its name.
    """

    of: ClassVar[Any] = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        columns = self.of.__mapper__.columns if self.of is not None else {}
        for field in self:
            longest = getattr(columns[field.name].type, "length", None) if field.name in columns else None
            if longest and isinstance(field, StringField):
                field.validators = [*field.validators, Length(max=longest, message=_l("At most %(max)d characters."))]
                field.render_kw = {**(field.render_kw or {}), "maxlength": longest}

    def close(self, *names: str) -> None:
        """Take fields out."""
        for name in names:
            if name in self:
                del self[name]

    def values(self) -> dict[str, Any]:
        """Field name → value, without the token. A text that was not sent is empty."""
        return {
            # PostgreSQL takes no text with a NUL in it
            field.name: (field.data or "").replace("\0", "") if isinstance(field, StringField) else field.data
            for field in self
            if field.name != "csrf_token"
        }


class DecimalField(Field):
    """A number of at most `places` digits after the point."""

    widget = TextInput()
    data: Any

    def __init__(self, label: object = None, validators: Any = None, *, places: int = 6, **options: Any) -> None:
        super().__init__(label, validators, **options)
        self.places = places

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None or self.data is MASKED:
            return ""
        return typed(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        try:
            self.data = parse_decimal(valuelist[0])
        except ValueError:
            self.data = None
            raise ValueError(_l("“%(text)s” is no number.", text=valuelist[0])) from None
        if self.data != round(self.data, self.places):
            raise ValueError(_l("At most %(n)s digits after the point.", n=self.places))


class MomentField(Field):
    """A day, or a day and a time, by the organisation's own clock."""

    widget = TextInput("datetime-local")

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.strftime("%Y-%m-%dT%H:%M") if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if valuelist and valuelist[0].strip():
            try:
                self.data = datetime.fromisoformat(valuelist[0]).replace(tzinfo=None)
            except ValueError:
                raise ValueError(_l("Write the moment as a day and a time.")) from None
            if not 1990 <= self.data.year <= 2200:
                raise ValueError(_l("The year can't be right."))


class DayField(Field):
    """A day."""

    widget = TextInput("date")

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.isoformat() if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if valuelist and valuelist[0].strip():
            try:
                self.data = date.fromisoformat(valuelist[0])
            except ValueError:
                raise ValueError(_l("Write the day as 2026-01-31.")) from None


class LookupField(Field):
    """One record, chosen by typing; holds its id. `lookup` names the lookup that offers them.

    What was typed comes beside the id, as `<name>_text`: when it names no record, it is shown again with `unknown`.
    """

    #: not a HiddenInput: `hidden_tag` would write the field a second time, and the first one sent is the one read
    widget = TextInput("hidden")

    def __init__(
        self,
        label: object = None,
        validators: Any = None,
        *,
        lookup: str,
        unknown: Any = _l("There is no “%(text)s”. Choose from the list."),
        **options: Any,
    ) -> None:
        super().__init__(label, validators, **options)
        self.lookup, self._unknown = lookup, unknown
        #: what the chosen record is called, or what was typed instead, for showing the form again
        self.title = ""

    def unknown(self, text: str) -> str:
        """The words for a text that names no record."""
        return str(self._unknown) % {"text": text}

    def process(self, formdata: Any, *arguments: Any, **options: Any) -> None:
        """Read the id, and what was typed."""
        super().process(formdata, *arguments, **options)
        self.title = (formdata.get(f"{self.name}_text", "") if formdata else "").strip()

    def pre_validate(self, form: Any) -> None:
        """Words without an id are no choice."""
        del form
        if self.data is None and self.title:
            raise StopValidation(self.unknown(self.title))

    def _value(self) -> str:
        return str(self.data or "")

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        if text and not text.isdecimal():
            raise ValueError(_l("Choose from the list."))
        self.data = int(text) if text else None


@dataclass(frozen=True)
class Fault:
    """What can't be read in a line: `line` is counted from one, as the grid shows it."""

    line: int
    column: str
    message: str


class LinesField(Field):
    """The lines of a document: a JSON list of rows, as the line grid sends it. Cells are texts, parsed by `columns`.

    `columns` maps a cell's name to "decimal", "id" or "text"; a decimal that is left empty is None, and has six digits
    after the point at most, or as many as `places` says. Rows without an item are dropped, as the grid always has an
    empty one at its end. Every cell that can't be read is told, each message naming its row.
    """

    widget = HiddenInput()
    #: how many lines one document may have; the grid refuses to paste more (`static/js/line-paste.js`)
    MOST = 2000

    def __init__(
        self,
        label: object = None,
        validators: Any = None,
        *,
        columns: dict[str, str],
        places: Mapping[str, int] = MappingProxyType({}),
        **options: Any,
    ) -> None:
        super().__init__(label, validators, **options)
        self.columns, self.places = columns, places
        self.faults: list[Fault] = []

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return json.dumps(self.data or [], default=str, ensure_ascii=False)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data, self.faults = [], []
        try:
            rows = json.loads(valuelist[0] or "[]") if valuelist else []
        except (ValueError, RecursionError):
            raise ValueError(_l("The lines did not arrive whole. Send the form again.")) from None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ValueError(_l("The lines did not arrive whole. Send the form again."))
        if len(rows) > self.MOST:
            raise ValueError(_l("A document has at most %(n)d lines. Divide it.", n=self.MOST))
        filled = [row for row in rows if row.get("item_id") or any(str(row.get(c) or "").strip() for c in ("item",))]
        self.data = [self._row(i, row) for i, row in enumerate(filled, 1)]
        self.process_errors.extend(fault.message for fault in self.faults)

    def _row(self, number: int, row: dict[str, Any]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, kind in self.columns.items():
            text = str(row.get(name) if row.get(name) is not None else "").strip()
            try:
                values[name] = _CELLS[kind](text)
            except ValueError:
                if kind == "id":
                    text = str(row.get("item") or text)
                    message = _l("Line %(n)s: there is no “%(text)s”. Choose from the list.", n=number, text=text)
                    name = "item"  # that is the grid's cell
                else:
                    message = _l("Line %(n)s: “%(text)s” is no number.", n=number, text=text)
                self.faults.append(Fault(number, name, str(message)))
            else:
                self._judge_digits(number, name, text, values[name])
        return values

    def _judge_digits(self, number: int, name: str, text: str, value: Any) -> None:
        places = self.places.get(name, 6)
        if isinstance(value, Decimal) and value != round(value, places):
            message = _l(
                "Line %(n)s: “%(text)s” has more than %(most)s digits after the point.",
                n=number,
                text=text,
                most=places,
            )
            self.faults.append(Fault(number, name, str(message)))

    def refuse(self, error: KontorError) -> None:
        """Show what an operation refused; where it names a line by its number `n`, at that line."""
        self.errors = [str(error)]
        number = getattr(error.message, "_kwargs", {}).get("n")
        self.faults = [Fault(number, "", str(error))] if isinstance(number, int) else []

    @property
    def told(self) -> dict[int, dict[str, str]]:
        """Line → column → words: what the grid shows beneath its lines."""
        found: dict[int, dict[str, str]] = {}
        for fault in self.faults:
            found.setdefault(fault.line, {})[fault.column] = fault.message
        return found

    @property
    def unplaced(self) -> list[str]:
        """Messages about no line in particular."""
        placed = {fault.message for fault in self.faults}
        return [str(error) for error in self.errors if str(error) not in placed]


_CELLS: dict[str, Any] = {
    "decimal": lambda text: parse_decimal(text) if text else None,
    "id": int,
    "text": str,
}


def required(form: Any, field: Any) -> None:
    """A validator: something must be given. What was given and can't be read has its own words already."""
    del form
    if field.process_errors:
        return
    if field.data is None or (isinstance(field.data, (str, list)) and not field.data):
        raise ValidationError(_l("Please fill this in."))


#: the page marks the field; not as HTML's `required`, with which the browser would refuse in words of its own
required.field_flags = {"needed": True}  # type: ignore[attr-defined]
