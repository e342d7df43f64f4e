"""What people choose to be notified of in trade."""

from app.api.notifications import NotificationKind
from app.api.texts import lazy_gettext as _l
from modules.trade.complaints.notices import complaint_given as complaint_given
from modules.trade.complaints.notices import complaint_overdue as complaint_overdue
from modules.trade.expiring import reservation_over as reservation_over

quote_answered = NotificationKind(
    "trade.quote_answered", _l("A customer answers a quote of mine"), default="bell", needs="trade.quote.view"
)

repetition_failed = NotificationKind(
    "trade.repetition_failed",
    _l("A document of mine could not be repeated"),
    default="bell",
    needs="trade.repetition.view",
)
