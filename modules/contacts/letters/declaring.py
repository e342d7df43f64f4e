"""Letters of neighbours' documents with a link to answer them, declared without the web that enclosures need."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from modules.contacts.models import Contact


def declare_document_letter(
    kind: str,
    *,
    title: object,
    body: object,
    check: Callable[[Session, Any], dict[str, Any]],
    link: Callable[[Session, Contact, Any, Mapping[str, Any]], str],
) -> None:
    """Let letters with documents of a kind begin with `body`, in which {link} stands for what `link` makes as the letter goes
    out. `check` refuses a document that can't be sent so, and says what `link` needs besides."""
    from modules.contacts.letters.enclosures import enclose_with_link  # needs the web, and the face of contacts doesn't

    enclose_with_link(kind, title=title, body=body, check=check, link=link)
