"""Mail by SMTP: where it goes out, and handing one message over. Others decide who is written to."""

from app.mail.sending import MailRefused, MailUnknown, NotSent, send
from app.mail.settings import MailSettings, mail_settings

__all__ = ["MailRefused", "MailSettings", "MailUnknown", "NotSent", "mail_settings", "send"]
