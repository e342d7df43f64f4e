"""Notifications: the one way in which users hear of what happened while they looked elsewhere (not `app.notices`, which
says something beside the result of an act)."""

from app.notifications.declaring import CHANNELS, Channel, NotificationKind
from app.notifications.models import DailyMail, Notification, NotificationChoice
from app.notifications.operations import mark_all_read, mark_read, notify_users, set_channels, users_who_may

__all__ = [
    "CHANNELS",
    "Channel",
    "DailyMail",
    "Notification",
    "NotificationChoice",
    "NotificationKind",
    "mark_all_read",
    "mark_read",
    "notify_users",
    "set_channels",
    "users_who_may",
]
