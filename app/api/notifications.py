"""Telling users of what happened while they looked elsewhere, by the bell or the daily mail."""

from app.notifications import NotificationKind, notify_users, users_who_may
from app.notifications.mentions import mentioned_in, notify_mentioned

__all__ = [
    "NotificationKind",
    "mentioned_in",
    "notify_mentioned",
    "notify_users",
    "users_who_may",
]
