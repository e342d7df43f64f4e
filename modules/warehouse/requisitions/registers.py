"""What internal requests still ask for: entered as one is posted, taken off as transfers send it."""

from sqlalchemy import BigInteger, ColumnElement, and_, literal_column, type_coerce

from app.api.ledger import Register, Totals, dimension, exact, number
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity
from modules.warehouse.models import Item


class Requests(Register):
    """Goods that a warehouse has asked another for. Which, its document says: whoever reads this joins that."""

    name = "warehouse.requests"
    title = _l("Goods requested")
    needs = "warehouse.requisition.view"
    item = dimension(Item)
    #: the internal request, by its document, and the line
    requisition = number()
    requisition_line = number()
    quantity = exact(Quantity)

    open = Totals(by=("item", "requisition", "requisition_line"), turnovers=False, only_above_zero=True)

    @classmethod
    def is_open(cls, organisation_id: int) -> ColumnElement[bool]:
        """Whether something of a line is still to be sent, in the words of the index of such rows. Of a closed request nothing
        is, also where a transfer was reversed since: whoever asks joins those that are posted."""
        row = cls.open.table.c
        is_left = type_coerce(row.quantity, BigInteger) > literal_column("0")
        return and_(row.organisation_id == organisation_id, is_left)
