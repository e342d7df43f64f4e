"""The field of an amount of money or a price: it shows the digits of its currency."""

from typing import Any

from app.values.rounding import digits_of
from app.web.edge.request import current_company
from app.web.kit.forms import DecimalField


class AmountField(DecimalField):
    """An amount of money or a price, shown with at least the digits of its currency: the one that it is given, or that of the
    form's field `currency`, or else the organisation's own."""

    #: given by a page that knows it and doesn't ask for it
    currency: str | None = None

    def __init__(
        self, label: object = None, validators: Any = None, *, places: int = 4, _form: Any = None, **options: Any
    ) -> None:
        super().__init__(label, validators, places=places, _form=_form, **options)
        self._form = _form

    def _digits(self) -> int:
        of_form = getattr(self._form, "currency", None)
        return digits_of(self.currency or getattr(of_form, "data", None) or current_company().currency)
