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


def declare_worded_letter(
    name: str,
    kind: str,
    *,
    title: object,
    subject: object,
    body: object,
    places: Mapping[str, object],
    check: Callable[[Session, Any], dict[str, Any]],
    values: Callable[[Session, Any, Mapping[str, Any]], dict[str, str]],
) -> None:
    """Let letters with documents of a kind be written in words of their own, which the company can change: `places` are filled
    in by `values`, from the document and what `check` has kept. `check` refuses a document that can't be sent so."""
    from modules.contacts.letters.enclosures import (
        enclose_with_words,
    )  # needs the web, and the face of contacts doesn't

    enclose_with_words(name, kind, title=title, subject=subject, body=body, places=places, check=check, values=values)
