"""Handing a message to the mail server."""

from app.mail import MailRefused, MailUnknown, NotSent, send

__all__ = ["MailRefused", "MailUnknown", "NotSent", "send"]
