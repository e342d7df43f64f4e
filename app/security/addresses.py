"""Addresses of e-mail: which texts are one, and how they are kept."""

from email_validator import EmailNotValidError, validate_email

from app.errors import Invalid
from app.translation import lazy_gettext as _l


def check_email(text: str) -> str:
    """The address as it is kept; empty stays empty. Refused (Invalid): a text that is none. A server of one's own network will
    do for a domain; whether there is such a mailbox isn't asked."""
    if not text.strip():
        return ""
    try:
        found = validate_email(
            text.strip(), check_deliverability=False, globally_deliverable=False, allow_smtputf8=False
        )
    except EmailNotValidError:
        raise Invalid(_l("“%(text)s” isn't an address of e-mail.", text=text.strip()), field="email") from None
    return found.ascii_email or found.normalized
