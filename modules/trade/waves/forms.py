"""The forms of waves: shape only."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import request
from wtforms import BooleanField
from wtforms.validators import Optional

from app.api.texts import lazy_gettext as _l
from app.api.web import DayField, DecimalField, Form, SelectField, countries, current_company, current_session
from modules.trade.parcels.carriers import carriers_of
from modules.trade.shipping.narrowing import narrowed, offered
from modules.trade.waves.queries import Wanted


class DueForm(Form):
    """Which orders are shown to be shipped."""

    until = DayField(_l("Due by"))
    priority = SelectField(_l("Priority"), default="")
    country = SelectField(_l("Country"), default="")
    city = SelectField(_l("City"), default="")
    carrier = SelectField(_l("Carrier, or of the last parcel"), default="")
    whole = BooleanField(_l("Only what is in stock in full"))

    def __init__(self) -> None:
        """Of the address. What there is nothing to choose of isn't shown."""
        super().__init__(request.args, meta={"csrf": False})
        session = current_session()
        found, named = offered(session), dict(countries())
        known = carriers_of(current_company(), session) if found.carriers else {}
        self._offer("priority", [(str(n), _l("%(n)s or higher", n=n)) for n in found.priorities], least=1)
        self._offer("country", [(code, named.get(code, code)) for code in found.countries])
        self._offer("city", [(city, city) for city in found.cities])
        named_carriers = [(name, known[name].title if name in known else name) for name in found.carriers]
        self._offer("carrier", named_carriers, least=1)  # orders without one are left out, too

    def _offer(self, name: str, choices: Sequence[tuple[str, object]], *, least: int = 2) -> None:
        if choices and (len(choices) >= least or self[name].data):
            self[name].choices = [("", _l("any")), *choices]
        else:
            del self[name]

    @property
    def is_whole(self) -> bool:
        """Whether only what is in stock in full is shown."""
        return bool(self.whole.data)

    def criteria(self) -> list[Any]:
        """What is asked of the orders; nothing, where something can't be read."""
        if not self.validate():
            return []
        said: dict[str, Any] = {x: self[x].data for x in ("priority", "country", "city", "carrier") if x in self}
        return narrowed(current_session(), until=self.until.data, **said)


def picker_form(pickers: Iterable[tuple[int, str]]) -> type[Form]:
    """Who walks: one of those who may, or whoever comes."""
    choices = [("", _l("whoever comes")), *((str(number), name) for number, name in pickers)]
    field = SelectField(_l("Picker"), choices=choices, coerce=lambda value: int(value) if value else None)
    return type("PickerForm", (Form,), {"picker": field})


def picked_form(wanted: Iterable[Wanted]) -> type[Form]:
    """A box for each item: how much of it was picked, all of it unless somebody types otherwise."""
    boxes = {
        f"item_{each.item_id}": DecimalField(
            _l("Picked of %(item)s", item=each.code), [Optional()], default=each.quantity
        )
        for each in wanted
    }
    return type("PickedForm", (Form,), boxes)
