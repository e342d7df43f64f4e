"""What a custom field is, and which values it takes: pure, without a database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.errors import Invalid
from app.search import latin
from app.texts import kept_text
from app.translation import lazy_gettext as _l
from app.values import Quantity

TEXT, NUMBER, DAY, YES_NO, CHOICE = "text", "number", "date", "yes_no", "choice"
#: type → what people call it
TYPES: Mapping[str, object] = {
    TEXT: _l("Text"),
    NUMBER: _l("Decimal number"),
    DAY: _l("Date"),
    YES_NO: _l("Yes or no"),
    CHOICE: _l("One of a list"),
}
#: begins the names of custom fields wherever they stand beside others: in forms, lists, files and the API
PREFIX = "custom_"
#: characters of a text, so that an index takes it
LONGEST = 500


def custom_name(key: str) -> str:
    """What the field of a key is called beside other fields."""
    return PREFIX + key


@dataclass(frozen=True, slots=True)
class CustomField:
    """A field as an administrator declared it. Its title and choices are user data: never translated, always escaped."""

    id: int
    #: what it is a field of: a kind of document, such as `trade.sale`, or records such as `warehouse.item`
    subject: str
    #: by which files and the API name it, unique in its subject
    key: str
    title: str
    #: one of TYPES
    type: str
    is_required: bool = False
    choices: tuple[str, ...] = ()
    #: choices that it offered once, for filters: records may say them still
    retired: tuple[str, ...] = ()
    #: the confidential group of its values; None: open to whoever sees the record
    group: str | None = None
    #: whether lists show it; files and the API always have it
    is_listed: bool = True

    @property
    def name(self) -> str:
        """What it is called beside other fields."""
        return custom_name(self.key)

    @property
    def column(self) -> str:
        """The column of `CustomValue` that keeps its values."""
        return {NUMBER: "number", DAY: "day", YES_NO: "flag"}.get(self.type, "text")

    def kept(self, value: Any, *, before: Any = None) -> Any:
        """The value as it is kept; None for nothing and for an empty text.

        Refused (Invalid): a value of another type, a text that is too long, a number beyond `Quantity`, a choice that the
        field doesn't offer and that the record did not have `before`.
        """
        if isinstance(value, str):
            value = kept_text(value, LONGEST, field=self.name) or None
        if value is None:
            return None
        if not self._fits(value):
            raise Invalid(_l("This isn't a value for “%(title)s”.", title=self.title), field=self.name)
        if self.type == NUMBER and not Quantity.holds(value):
            message = _l("The number is too large, or has more than six digits after the point.")
            raise Invalid(message, field=self.name)
        if self.type == CHOICE and value not in self.choices and value != before:
            raise Invalid(_l("“%(value)s” is none of the choices.", value=value), field=self.name)
        return value

    def read(self, written: Any) -> Any:
        """The value that JSON has, where exact numbers and dates are texts."""
        if not isinstance(written, str) or self.type in (TEXT, CHOICE):
            return written
        return Decimal(written) if self.type == NUMBER else date.fromisoformat(written)

    def require(self, value: Any) -> None:
        """Refuse (Invalid) nothing where something is required."""
        if self.is_required and value is None:
            raise Invalid(_l("Please fill this in."), field=self.name)

    def _fits(self, value: Any) -> bool:
        if self.type == NUMBER:
            return isinstance(value, Decimal)
        if self.type == DAY:
            return type(value) is date
        return isinstance(value, bool if self.type == YES_NO else str)


def checked(
    fields: Sequence[CustomField], given: Mapping[str, Any], said: Mapping[str, Any], *, is_new: bool
) -> dict[CustomField, Any]:
    """Of a record that says `said`, key → value, what is `given` of it as it is kept.

    Refused (Invalid): a key of no field, what `CustomField.kept` refuses, nothing where something is required: of a new record
    in any field, of a stored one in those that are given.
    """
    known = {field.key: field for field in fields}
    for key in given:
        if key not in known:
            raise Invalid(_l("There is no field “%(key)s” here.", key=key), field=custom_name(key))
    values = {known[key]: known[key].kept(value, before=said.get(key)) for key, value in given.items()}
    for field in fields if is_new else values:
        field.require(values.get(field))
    return values


def said_alike(given: Mapping[str, Any] | None, said: Mapping[str, Any]) -> bool:
    """Whether a record already says what is given; what is not given does not count, and an empty text is nothing."""
    return all(said.get(key) == (None if value == "" else value) for key, value in (given or {}).items())


def value_named(version: Any, name: str, default: Any = None) -> Any:
    """What a record, draft or mapping says under the name of a form's field; that of a custom field leads into `custom`."""
    if name.startswith(PREFIX):
        version, name = value_named(version, "custom") or {}, name.removeprefix(PREFIX)
    return version.get(name, default) if isinstance(version, Mapping) else getattr(version, name, default)


def free_key(title: str, taken: Collection[str], elsewhere: Collection[str] = ()) -> str:
    """A key made of a title: its letters as Latin ones and its digits, with a number where that is taken; without any, `field`
    with a number that is not taken `elsewhere` either, as it would say the same of different things.
    """
    letters = "".join(c if c.isascii() and c.isalnum() else "_" for c in latin(title))
    stem = "_".join(filter(None, letters.split("_")))[:30].lstrip("_0123456789")
    if not stem:
        stem, taken = "field", {*taken, *elsewhere}
    number = 1
    while (key := stem if number == 1 else f"{stem}_{number}") in taken:
        number += 1
    return key
