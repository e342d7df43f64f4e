"""Handing one message to the mail server, so that one always knows whether it took it."""

import smtplib
import ssl
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import getaddresses, parseaddr

from app.errors import Invalid
from app.mail.settings import MailSettings
from app.translation import lazy_gettext as _l

#: Seconds without a word from the server.
PATIENCE = 30
# Seven bits: what every server on the way can pass on.
_POLICY = SMTP.clone(cte_type="7bit")
#: what is refused here, as it never gets as far as the server
_UNSAYABLE = _l("the password, an address or the message holds a character that can't be sent")


class NotSent(Exception):
    """The server took nothing, and may later: it can't be reached, is busy, or wants no more for now."""


class MailRefused(Invalid):
    """The server took nothing, and won't."""

    def __init__(self, why: object) -> None:
        super().__init__(_l("The mail server refuses the message: %(why)s", why=why))


class MailUnknown(Invalid):
    """The connection broke while the message was handed over: it may have gone out, so it must not be sent again."""

    def __init__(self) -> None:
        super().__init__(_l("The connection to the mail server broke off; the message may have gone out."))


def send(settings: MailSettings, message: EmailMessage) -> None:
    """Hand the message over, to all addresses of its To or to none.

    Refused: NotSent (try again later), MailRefused (don't), MailUnknown (nobody knows).
    """
    written = _written(message)  # before anything is said to the server, so that nothing is left open
    try:
        server = _connect(settings)
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(type(error).__name__) from error
    except ValueError:
        raise MailRefused(_UNSAYABLE) from None  # the error holds the password
    try:
        _introduce(server, settings, message)
        _hand_over(server, written)
    finally:
        server.close()


def _written(message: EmailMessage) -> bytes:
    try:
        return message.as_bytes(policy=_POLICY)
    except (ValueError, LookupError, MessageError) as error:
        raise MailRefused(_UNSAYABLE) from error


def _connect(settings: MailSettings) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if settings.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(settings.host, settings.port, timeout=PATIENCE, context=context)
    else:
        server = smtplib.SMTP(settings.host, settings.port, timeout=PATIENCE)
    try:
        if settings.security == "starttls":
            server.starttls(context=context)
        if settings.user:
            server.login(settings.user, settings.password)
    except BaseException:
        server.close()
        raise
    return server


def _introduce(server: smtplib.SMTP, settings: MailSettings, message: EmailMessage) -> None:
    try:
        server.ehlo_or_helo_if_needed()
        _check(*server.mail(parseaddr(settings.sender)[1]))
        for _name, address in getaddresses([str(message["To"])]):
            _check(*server.rcpt(address))
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(type(error).__name__) from error
    except ValueError as error:
        raise MailRefused(_UNSAYABLE) from error


def _hand_over(server: smtplib.SMTP, written: bytes) -> None:
    try:
        answer = server.data(written)
    except smtplib.SMTPDataError as error:  # it didn't want to hear the message at all
        answer = error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else b""
    except (OSError, smtplib.SMTPException) as error:
        raise MailUnknown from error
    _check(*answer)


def _check(code: int, words: bytes) -> None:
    """Refuse what the server refuses: 4xx for now, 5xx for good (RFC 5321, 4.2.1)."""
    if 200 <= code < 300:
        return
    said = f"{code} {words.decode('ascii', 'replace')}"[:200]
    raise MailRefused(said) if code >= 500 else NotSent(said)
