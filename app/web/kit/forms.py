"""Form fields that read what people type: shape only; what is allowed, the operation decides."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from flask import request
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from markupsafe import Markup
from wtforms import Field, StringField, ValidationError
from wtforms.validators import Length
from wtforms.widgets import HiddenInput, TextInput

from app.clock import wall_clock
from app.custom import PREFIX, Customised, custom_name
from app.errors import KontorError
from app.formats import separators, typed
from app.security import MASKED
from app.texts import longest
from app.translation import lazy_gettext as _l
from app.values.rounding import EXACT
from app.web.edge.content import sent_to
from app.web.edge.opened_in import opened_in
from app.web.kit.beginning import beginning_of
from app.web.kit.lines.numerals import read_decimal
from app.web.kit.refusing import refusal_words

#: beside a version: what the record said when the form was opened
BEGAN = "began"
#: beside a moment: the present one, as it was shown
OFFERED = "offered"


def parse_decimal(text: str) -> Decimal:
    """A number as the user writes it. Refused (ValueError): whatever is none."""
    return read_decimal(text, group=separators()[1])


class _Token(HiddenInput):
    """The token of a form that writes, and in whose books it was opened."""

    def __call__(self, field: Any, **options: Any) -> Markup:
        return Markup(super().__call__(field, **options)) + opened_in()  # noqa: S704 - the widget has escaped it


class Form(FlaskForm):
    """A form; fields of confidential groups that are closed to the actor are taken out (`close`): saving keeps what is stored,
    and what was sent in them is refused.

    `of` is the model that it fills, if it fills one: a text may be as long as the column of its name.
    """

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """How a form reads the request."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What was given, or else what the request brings in form fields, and in nothing else."""
            return sent_to(form) if formdata is _Auto else formdata

    of: ClassVar[Any] = None
    #: the names of what a dialog asks at once that makes a record where it is missed; the rest stands behind it
    first: ClassVar[tuple[str, ...]] = ()
    #: where what somebody else has saved meanwhile differs from what was typed: see `app.web.kit.comparison`
    changed: Sequence[Any] = ()
    #: the titles of fields that say now what somebody else has saved, as the person had left them as they were
    taken: Sequence[str] = ()
    #: who has saved it last, and when, where that is known
    saved: str = ""
    #: the titles of fields that are closed to the actor, and in which something was sent
    closed: Sequence[str] = ()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        if isinstance(shown := options.get("obj"), Customised):
            options = {**{custom_name(key): value for key, value in shown.custom.items()}, **options}
        super().__init__(*arguments, **options)
        if "csrf_token" in self:
            self["csrf_token"].widget = _Token()
        for field in self:
            if isinstance(field, VersionField):
                field.form = self
            most = longest(self.of, field.name) if self.of is not None and isinstance(field, StringField) else None
            if most:
                field.validators = [*field.validators, Length(max=most, message=_l("At most %(max)d characters."))]
                field.render_kw = {**(field.render_kw or {}), "maxlength": most}

    def leave_out(self, *names: str) -> None:
        """Take fields out that don't belong to this record; what was sent in them is nothing."""
        for name in names:
            if name in self:
                del self[name]

    def close(self, *names: str) -> None:
        """Take fields out that are closed to the actor. What was sent in them is refused."""
        self.closed = [
            *self.closed,
            *(str(self[name].label.text) for name in names if name in self and _is_sent(self[name])),
        ]
        self.leave_out(*names)

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether what was sent can be read. Refused: something in a field that is closed to the actor."""
        is_valid = bool(super().validate(extra_validators))
        names = {name for name, value in request.form.items(multi=True) if name.startswith(PREFIX) and value.strip()}
        if closed := [*self.closed, *sorted(name.removeprefix(PREFIX) for name in names if name not in self)]:
            words = _l("“%(titles)s” isn't open to you, so you can't set it.", titles="”, “".join(closed))
            self.form_errors.append(str(words))
        return is_valid and not closed

    @property
    def entries(self) -> list[Any]:
        """The fields that people fill in: all but the token and the version."""
        return [field for field in self if field.name not in ("csrf_token", "version")]

    @property
    def start(self) -> str:
        """The name of the field in which the cursor begins: the first, unless the page's address has filled it in already, such
        as the item from whose card it was opened; then the first behind it that is empty and is typed."""
        entries, said = self.entries, set(request.args.values())
        if not entries or not (entries[0].data and str(entries[0].data) in said):
            return entries[0].name if entries else ""
        empty = (f for f in entries[1:] if not f.data and f.type not in ("BooleanField", "SelectField"))
        return str(next(empty, entries[0]).name)

    def first_and_rest(self) -> tuple[list[Any], list[Any]]:
        """What a dialog asks at once, as far as it is open to the actor, and what else there is to fill in."""
        first = [self[name] for name in self.first if name in self]
        return first, [field for field in self.entries if field not in first]

    @property
    def customs(self) -> list[Any]:
        """The custom fields among them."""
        return [field for field in self if field.name.startswith(PREFIX)]

    def values(self) -> dict[str, Any]:
        """Field name → value of what people fill in; custom fields are together under `custom`, by key. A text that was not
        sent is empty."""
        values = {
            # PostgreSQL takes no text with a NUL in it
            field.name: (field.data or "").replace("\0", "") if isinstance(field, StringField) else field.data
            for field in self.entries
        }
        custom = {name.removeprefix(PREFIX): values.pop(name) for name in list(values) if name.startswith(PREFIX)}
        return {**values, "custom": custom} if custom else values

    def refuse(self, error: KontorError) -> None:
        """Show what an operation refused: at the field that it names, or above the form."""
        field = self._fields.get(getattr(error, "field", None) or "")
        if field is None:
            self.form_errors = [refusal_words(error)]
        elif hasattr(field, "refuse"):
            field.refuse(error)
        else:
            field.errors = [refusal_words(error)]


def _is_sent(field: Any) -> bool:
    """Whether something was sent in a field. A box that was not ticked says nothing, and neither does an empty text."""
    return any(str(value).strip() for value in field.raw_data or ())


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
        return typed(self.data, self._digits())

    def _digits(self) -> int:
        return 0

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        try:
            self.data = parse_decimal(valuelist[0])
        except ValueError:
            self.data = None
            raise ValueError(_l("“%(text)s” isn't a number.", text=valuelist[0])) from None
        if self.data != self.data.quantize(Decimal(1).scaleb(-self.places), context=EXACT):
            raise ValueError(_l("At most %(n)s digits after the point.", n=self.places))


class _MomentInput(TextInput):
    """A moment, and beside it the present one that was offered."""

    def __call__(self, field: Any, **options: Any) -> Any:
        offered = Markup('<input type="hidden" name="{}" value="{}">').format(f"{field.name}-{OFFERED}", field.offered)
        return super().__call__(field, **options) + offered


class MomentField(Field):
    """A day, or a day and a time, by the organisation's own clock.

    While nobody has changed the present moment that it offers, it is None: what is sent later happens later.
    """

    widget = _MomentInput("datetime-local")
    data: datetime | None
    raw_data: Any
    process_errors: list[Any]
    #: what stands there as the present moment; empty where a moment was chosen
    offered = ""

    def process(self, formdata: Any, *arguments: Any, **options: Any) -> None:
        """Read the moment. One that is still as it was offered is nobody's choice, and the present one is offered again."""
        super().process(formdata, *arguments, **options)
        if self.raw_data and self.raw_data[0] == (formdata.get(f"{self.name}-{OFFERED}") or None):
            self.raw_data, self.process_errors = None, []
            self.offer_present()

    def offer_present(self) -> None:
        """Show the present moment, without choosing it."""
        self.data, self.offered = None, _written(wall_clock())

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return _written(self.data) if self.data else self.offered

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if valuelist and valuelist[0].strip():
            try:
                self.data = datetime.fromisoformat(valuelist[0]).replace(tzinfo=None)
            except ValueError:
                raise ValueError(_l("Write the moment as a day and a time.")) from None


def _written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")


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


class _WithBeginning(HiddenInput):
    """A version, and beside it what the record said then."""

    def __call__(self, field: Any, **options: Any) -> Any:
        began = Markup('<input type="hidden" name="{}" value="{}">').format(BEGAN, field.beginning)
        return super().__call__(field, **options) + began


class VersionField(Field):
    """The version of the record that the person began from, carried along unseen, with what it said; 0 where nothing was stored
    yet. None: there is no record."""

    widget = _WithBeginning()
    #: what the record said, as `app.web.kit.beginning` writes it; None: what the form shows first
    began: str | None = None
    form: Any = None

    @property
    def beginning(self) -> str:
        """What is carried along beside the version."""
        if self.data is None:
            return ""
        return beginning_of(self.form) if self.began is None else self.began

    def process(self, formdata: Any, *arguments: Any, **options: Any) -> None:
        """Read the version, and what was carried along with it."""
        super().process(formdata, *arguments, **options)
        self.began = formdata.get(BEGAN, "") if formdata else None

    def _value(self) -> str:
        return "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = int(valuelist[0]) if valuelist and valuelist[0].isdecimal() and len(valuelist[0]) < 10 else None

    def show(self, version: int | None, began: str | None = None) -> None:
        """Carry another version from now on, and what it says."""
        self.data, self.raw_data, self.began = version, None, began


def required(form: Any, field: Any) -> None:
    """A validator: something must be given. What was given and can't be read has its own words already."""
    del form
    if field.process_errors:
        if any(str(text).strip() for text in field.raw_data or ()):
            return
        field.errors.clear()  # that nothing isn't a number needn't be said
        field.data = None  # not what a record had before
    if field.data is None or (isinstance(field.data, (str, list)) and not field.data):
        raise ValidationError(_l("Please fill this in."))


#: the page marks the field; not as HTML's `required`, with which the browser would refuse in words of its own
required.field_flags = {"needed": True}  # type: ignore[attr-defined]
