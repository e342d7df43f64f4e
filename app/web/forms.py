"""Form fields that read what people type: shape only; what is allowed is the operation's affair."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, StringField, ValidationError
from wtforms.validators import Length
from wtforms.widgets import HiddenInput, TextInput

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
    """One record, chosen by typing; holds its id. `lookup` names the lookup that offers them."""

    #: not a HiddenInput: `hidden_tag` would write the field a second time, and the first one sent is the one read
    widget = TextInput("hidden")

    def __init__(self, label: object = None, validators: Any = None, *, lookup: str, **options: Any) -> None:
        super().__init__(label, validators, **options)
        self.lookup = lookup
        #: what the chosen record is called, for showing the form again
        self.title = ""

    def _value(self) -> str:
        return str(self.data or "")

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        if text and not text.isdecimal():
            raise ValueError(_l("Choose from the list."))
        self.data = int(text) if text else None


class LinesField(Field):
    """The lines of a document: a JSON list of rows, as the line grid sends it. Cells are texts, parsed by `columns`.

    `columns` maps a cell's name to "decimal", "id" or "text"; a decimal that is left empty is None. Rows without an
    item are dropped, as the grid always has an empty one at its end. Messages name the row.
    """

    widget = HiddenInput()

    def __init__(
        self, label: object = None, validators: Any = None, *, columns: dict[str, str], **options: Any
    ) -> None:
        super().__init__(label, validators, **options)
        self.columns = columns

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return json.dumps(self.data or [], default=str, ensure_ascii=False)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = []
        try:
            rows = json.loads(valuelist[0] or "[]") if valuelist else []
        except (ValueError, RecursionError):
            raise ValueError(_l("The lines did not arrive whole. Send the form again.")) from None
        if not isinstance(rows, list) or len(rows) > 2000 or not all(isinstance(row, dict) for row in rows):
            raise ValueError(_l("The lines did not arrive whole. Send the form again."))
        filled = [row for row in rows if row.get("item_id") or any(str(row.get(c) or "").strip() for c in ("item",))]
        self.data = [self._row(i, row) for i, row in enumerate(filled, 1)]

    def _row(self, number: int, row: dict[str, Any]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, kind in self.columns.items():
            text = str(row.get(name) if row.get(name) is not None else "").strip()
            try:
                values[name] = _CELLS[kind](text)
            except ValueError:
                if kind == "id":
                    message = _l(
                        "Line %(n)s: there is no “%(text)s”. Choose from the list.", n=number, text=row.get("item")
                    )
                else:
                    message = _l(
                        "Line %(n)s: “%(text)s” is no number with six digits after the point at most.",
                        n=number,
                        text=text,
                    )
                raise ValueError(message) from None
        return values


def _six_digits(value: Decimal) -> Decimal:
    if value != round(value, 6):
        raise ValueError(value)
    return value


_CELLS: dict[str, Any] = {
    "decimal": lambda text: _six_digits(parse_decimal(text)) if text else None,
    "id": int,
    "text": str,
}


def required(form: Any, field: Any) -> None:
    """A validator: something must be given."""
    del form
    if field.data is None or (isinstance(field.data, (str, list)) and not field.data):
        raise ValidationError(_l("Please fill this in."))
