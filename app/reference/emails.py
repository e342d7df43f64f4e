"""What is right of an e-mail address: its shape alone, by email-validator; no server is asked. No database."""

import re

from app.errors import Invalid
from app.translation import lazy_gettext as _l

#: between two addresses, each of which has an @
_SEVERAL = re.compile(r"@.*[,;\s].*@", re.DOTALL)


def check_email(text: str, *, field: str = "email", is_own: bool = False) -> str:
    """The address as it is kept: its domain in small letters, letters of other scripts in the one form that Unicode calls
    composed (RFC 6532), an internationalised domain in its letters rather than as `xn--`. An empty text stays empty.

    Refused (Invalid), at `field`: several addresses, what isn't an address by RFC 5321 and 6531, a domain that no
    mail reaches from outside (`localhost`, `.local`, `.test`).

    `is_own`: of someone to whom the program itself writes. A server of one's own network will do, the domain is kept as `xn--`,
    and other letters than those of ASCII before the @ are refused, as not every server takes them.
    """
    text = text.strip()
    if not text:
        return ""
    if _SEVERAL.search(text):
        raise Invalid(_l("Write one e-mail address here; the others belong in the note."), field=field)
    from email_validator import EmailNotValidError, validate_email  # 25 ms, which most commands never need

    try:
        found = validate_email(
            text,
            check_deliverability=False,
            strict=True,
            globally_deliverable=not is_own,
            allow_smtputf8=not is_own,
        )
        return (found.ascii_email or found.normalized) if is_own else found.normalized
    except EmailNotValidError:
        raise Invalid(_l("Write an e-mail address, such as anna@example.com."), field=field) from None
