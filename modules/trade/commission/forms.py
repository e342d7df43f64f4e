"""The forms of goods on commission and of their reports: shape only."""

from app.api.texts import lazy_gettext as _l
from app.api.web import Cell, Choice, LinesField, SelectField
from modules.trade.commission.models import WAYS
from modules.trade.forms import SECOND, TradeForm
from modules.trade.taxes.forms import code_named, codes_of_lines


def _lines(*kept: Cell) -> LinesField:
    return LinesField(
        _l("Lines"),
        lookup="goods",
        cells=(
            Cell("quantity", _l("Quantity"), above=0, is_counted=True),
            SECOND,
            Cell("price", _l("Price"), least=0, is_needed=True),
            *kept,
            Cell("tax_rate", _l("Tax, %"), least=0, most=100, places=4),
            Choice("tax_code_id", _l("Tax"), choices=codes_of_lines, past=code_named),
        ),
    )


class CommissionMoveForm(TradeForm):
    """Goods that go to an agent or come from a principal, or go back: nothing is due by it."""

    way = SelectField(_l("Which way"), choices=lambda: list(WAYS.items()))
    due = None  # type: ignore[assignment]
    coupon = None  # type: ignore[assignment]
    is_cash = None  # type: ignore[assignment]
    lines = _lines()


class CommissionReportForm(TradeForm):
    """What was sold of goods on commission, at the price that it was sold for, and what the agent keeps of it."""

    place_id = None  # type: ignore[assignment] # the goods lie with the agent, or at the principal's own place
    coupon = None  # type: ignore[assignment]
    lines = _lines(
        Cell("discount", _l("Commission, %"), least=0, most=100, places=4, is_blank_at_zero=True),
        Cell("commission", _l("Commission, sum"), least=0, is_blank_at_zero=True),
    )
