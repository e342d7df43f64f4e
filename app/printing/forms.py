"""Forms of documents with a template of their own, and what every print says of the company."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.printing.compiling import Printing, pdf_of
from app.reference import organisation
from app.translation import language


def _always(_session: Session, _document: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Form:
    """A form that documents have as PDF, with a template of its own: of this module's kinds or another's. For whoever may see
    the document and holds `needs`, unless it is a draft. Declared in `prints.py`."""

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

    def fits(self, session: Session, document: Any) -> bool:
        """Whether the document has such a form."""
        return document.state != "draft" and document.kind in self.kinds and self.of(session, document)


def form_pdf(session: Session, form: Form, document: Any) -> bytes:
    """The form of a document, in the reader's language."""
    return pdf_of(Printing(form.template, {**letterhead(session), **form.data(session, document)}))


def letterhead(session: Session) -> dict[str, Any]:
    """What every template is given of the company, the language, and the words below each page."""
    company = organisation(session)
    return {
        "organisation": company.name,
        "tax_id": company.tax_id,
        "tax_id_title": _("Tax number"),
        "letterhead": company.letterhead.splitlines(),
        "language": language(),
        # Typst counts the pages: the words around the two numbers
        "page_words": _("page %(page)s of %(pages)s", page="\0", pages="\0").split("\0"),
    }
