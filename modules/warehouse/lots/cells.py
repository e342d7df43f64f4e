"""What a line of goods says of lots, in forms of any document that moves them."""

from app.api.texts import lazy_gettext as _l
from app.api.web import Day, Text

#: of items that are tracked by lots or serial numbers alone
LOT_CELLS = (
    Text("lots", _l("Lots"), where="tracking"),
    Day("expires", _l("Use by"), where="tracking"),
)
