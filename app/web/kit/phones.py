"""Phone numbers on the screen: read and shown as abroad, each a link that dials."""

from typing import Any

from markupsafe import Markup
from wtforms import StringField
from wtforms.widgets import TelInput

from app.errors import Invalid
from app.reference.phones import check_phone, is_dialled, phones_of, shown_phone

_LINK = Markup('<a href="tel:{}">{}</a>')


def phone_links(kept: Any) -> Any:
    """The numbers of a text, each with what follows `tel:`; what is masked or was never checked as it stands."""
    if not isinstance(kept, str):
        return kept
    return Markup(", ").join(
        _LINK.format(number, shown_phone(number)) if is_dialled(number) else number for number in phones_of(kept)
    )


class PhoneField(StringField):
    """Phone numbers, shown as people read them; its data are numbers as they are kept, where they can be read without knowing
    a country, and what was typed where not: the operation decides."""

    widget = TelInput()
    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        super().process_formdata(valuelist)
        try:
            self.data = check_phone(self.data or "")
        except Invalid:
            return

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return shown_phone(self.data) if isinstance(self.data, str) else ""
