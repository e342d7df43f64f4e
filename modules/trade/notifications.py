"""What people choose to be notified of."""

from app.api.notifications import NotificationKind
from app.api.texts import lazy_gettext as _l

repetition_failed = NotificationKind(
    "trade.repetition_failed",
    _l("A document of mine could not be repeated"),
    default="bell",
    needs="trade.repetition.view",
)
