"""What salespeople choose to be notified of."""

from app.api.notifications import NotificationKind
from app.api.texts import lazy_gettext as _l

quote_answered = NotificationKind(
    "trade.quote_answered", _l("A customer answers a quote of mine"), default="bell", needs="trade.quote.view"
)
