"""Forms of documents with a template of their own, and what every print says of the company."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.documents import Document, unusual_state
from app.printing.compiling import Printing, pdf_of
from app.printing.own_templates import own_source
from app.reference import organisation
from app.reference.requisites import TEXTS, picture_kind, requisites
from app.translation import in_language, language
from app.translation import lazy_gettext as _l


def _always(_session: Session, _document: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Form:
    """A form that documents have as PDF, with a template of its own: of this module's kinds or another's. For whoever may see
    the document and holds `needs`, unless it is a draft. Declared in `prints.py`.

    A record that isn't a document, such as a contract, has one too: without kinds, with an `example`, and printed by a page of
    its own."""

    #: `module.noun`
    name: str
    title: object
    #: names of kinds
    kinds: tuple[str, ...]
    template: Path
    #: the template's data, in the reader's language; those of `letterhead` are added
    data: Callable[[Session, Any], dict[str, Any]]
    #: which documents of the kinds have it
    of: Callable[[Session, Any], bool] = _always
    #: beside the right to see the document
    needs: str = ""
    #: of a form that is in one language, whoever prints it
    language: str = ""
    #: whether it is for whom the document is made with to read, too
    is_for_partner: bool = False
    #: of a form without kinds: a record to try the template on, None where there is none yet
    example: Callable[[Session], Any] | None = None

    def fits(self, session: Session, document: Any) -> bool:
        """Whether the document has such a form."""
        return document.state != "draft" and document.kind in self.kinds and self.of(session, document)


def form_pdf(session: Session, form: Form, document: Any) -> bytes:
    """The form of a document, in its own language or else the reader's, by the company's own template where it has one.

    Refused: as by `pdf_of`."""
    return pdf_of(form_printing(session, form, document, own_source(session, form.name)))


def form_printing(session: Session, form: Form, document: Any, source: str | None) -> Printing:
    """What the form of a document is made of, by a template of somebody's own or None, the shipped one. On
    that of a document that doesn't stand each page says so."""
    # in the reader's language, whatever the form's is: it warns whoever prints it
    stamp = unusual_state(document) if isinstance(document, Document) else ""
    with in_language(form.language or language()):
        data = {**letterhead(session), "stamp": stamp, **form.data(session, document)}
    return Printing(form.template if source is None else source, data)


def letterhead(session: Session) -> dict[str, Any]:
    """What every template is given of the company, the language, and the words below each page."""
    company, own = organisation(session), requisites(session)
    return {
        "organisation": company.name,
        "tax_id": company.tax_id,
        "tax_id_title": str(_l("Tax number")),
        "letterhead": company.letterhead.splitlines(),
        "requisites": {name: getattr(own, name) for name in TEXTS},
        # of a picture its bytes, as JSON has no other way; Typst reads what it is
        "logo": None if own.logo is None else {"kind": picture_kind(own.logo), "bytes": list(own.logo)},
        "language": language(),
        # Typst counts the pages: the words around the two numbers
        "page_words": str(_l("page %(page)s of %(pages)s", page="\0", pages="\0")).split("\0"),
    }
