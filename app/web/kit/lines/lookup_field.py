"""One record in a form, chosen by typing."""

from typing import Any

from wtforms import Field
from wtforms.validators import StopValidation
from wtforms.widgets import TextInput

from app.translation import lazy_gettext as _l
from app.web.kit.lines.lookups import titles_of


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
        self._typed = ""

    @property
    def title(self) -> str:
        """What the chosen record is called, or what was typed instead, for showing the form again."""
        if self._typed or not self.data:
            return self._typed
        return titles_of(self.lookup, {self.data}).get(self.data, "")

    def unknown(self, text: str) -> str:
        """The words for a text that names no record."""
        return str(self._unknown) % {"text": text}

    def process(self, formdata: Any, *arguments: Any, **options: Any) -> None:
        """Read the id, and what was typed."""
        super().process(formdata, *arguments, **options)
        self._typed = (formdata.get(f"{self.name}_text", "") if formdata else "").strip()

    def process_data(self, value: Any) -> None:
        """Show a record."""
        super().process_data(value)
        self._typed = ""

    def pre_validate(self, form: Any) -> None:
        """Words without an id aren't a choice."""
        del form
        if self.data is None and self._typed:
            raise StopValidation(self.unknown(self._typed))

    def _value(self) -> str:
        return str(self.data or "")

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        if text and not text.isdecimal():
            raise ValueError(_l("Choose from the list."))
        self.data = int(text) if text else None
