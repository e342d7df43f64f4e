"""A document's sheets as PDF, for whoever asks: within a request or in a job."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.company import Company
from app.documents import Document, Paper, Print, kind_of, unusual_state
from app.errors import NotFound
from app.printing import Form, Printing, form_printing, paper_printing, pdf_of
from app.printing.own_templates import own_source
from app.security import MASKED, Actor
from app.web.kit.custom_fields import custom_facts


@dataclass(frozen=True)
class Sheet:
    """One thing that a document has on paper: its own, another print, a form."""

    #: empty: its kind's own
    name: str
    title: object
    #: whether it has a template of its own
    is_form: bool = False


def sheets_of(session: Session, company: Company, document: Document, *, to_partner: bool = False) -> list[Sheet]:
    """What the document has on paper for the session's actor, its own first. `to_partner`: only what is for whom it is made
    with to read."""
    if to_partner and not document.is_for_partner:
        return []
    prints = [p for p in prints_of(session, company, document) if p.is_for_partner or not to_partner]
    forms = [f for f in forms_of(session, company, document) if f.is_for_partner or not to_partner]
    own = Sheet("", document.title)
    return [own, *(Sheet(p.name, p.title) for p in prints), *(Sheet(f.name, f.title, is_form=True) for f in forms)]


def sheet_pdf(
    session: Session, company: Company, document: Document, name: str = "", *, to_partner: bool = False
) -> bytes:
    """One of its sheets, in the reader's language and as far as the session's actor may see it. `to_partner`: and no further
    than whom it is made with may read it. NotFound: no such sheet."""
    return pdf_of(sheet_printing(session, company, document, name, to_partner=to_partner))


def sheet_printing(
    session: Session, company: Company, document: Document, name: str = "", *, to_partner: bool = False
) -> Printing:
    """What one of its sheets is made of."""
    to_partner = to_partner or session.info["actor"].partner is not None
    if name not in {sheet.name for sheet in sheets_of(session, company, document, to_partner=to_partner)}:
        raise NotFound
    for form in forms_of(session, company, document):
        if form.name == name:
            return form_printing(session, form, document, own_source(session, form.name))
    prints = {each.name: each for each in prints_of(session, company, document)}
    asked = prints.get(name)
    paper = kind_of(document).paper(session, document) if asked is None else asked.paper(session, document)
    title = title_of(document, asked)
    shown = open_part(session, document, paper, to_partner=to_partner)
    return paper_printing(session, title, shown, state=unusual_state(document))


def sheet_title(session: Session, company: Company, document: Document, name: str = "") -> str:
    """What one of its sheets is called, with the document's number. NotFound: no such sheet."""
    found = next((sheet for sheet in sheets_of(session, company, document) if sheet.name == name), None)
    if found is None:
        raise NotFound
    return f"{found.title} {document.number or ''}".strip()


def title_of(document: Document, asked: Print | None) -> str:
    """What the sheet is called, with the document's number."""
    return f"{document.title if asked is None else asked.title} {document.number or ''}".strip()


def open_part(session: Session, document: Document, paper: Paper, *, to_partner: bool = False) -> Paper:
    """The paper as far as it is open to the session's actor, with the document's custom fields. `to_partner`: as it goes to
    whom it is made with, without what is the company's own: custom fields, the note, and all that is confidential."""
    actor: Actor = session.info["actor"]
    if actor.partner is None and not to_partner:
        facts = [*paper.facts, *custom_facts(document, session)]
    else:  # what is closed isn't even mentioned
        facts = [f for f in paper.facts if f.value is not MASKED and not (f.value and f.value == document.note)]

    def is_open(group: str | None) -> bool:
        return actor.sees(group) and (group is None or actor.partner is not None or not to_partner)

    return replace(
        paper,
        facts=facts,
        columns=[c for c in paper.columns if is_open(c.group)],
        totals=[t for t in paper.totals if is_open(t.group)],
    )


def prints_of(session: Session, company: Company, document: Document) -> list[Print]:
    """The prints of a document beside its kind's own that are open to the session's actor."""
    prints: Iterable[Print] = company.contributed("prints", Print)
    return [p for p in prints if _may(session, p) and p.fits(document)]


def forms_of(session: Session, company: Company, document: Document) -> list[Form]:
    """The forms of a document that are open to the session's actor."""
    forms: Iterable[Form] = company.contributed("prints", Form)
    return [f for f in forms if _may(session, f) and f.fits(session, document)]


def _may(session: Session, sheet: Print | Form) -> bool:
    actor: Actor = session.info["actor"]
    if actor.partner is not None and not sheet.is_for_partner:
        return False
    return not sheet.needs or actor.may(sheet.needs)
