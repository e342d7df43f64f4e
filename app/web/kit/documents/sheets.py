"""A document's sheets as PDF, for whoever asks: within a request or in a job."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.company import Company
from app.documents import STANDING, Document, Paper, Print, kind_of
from app.errors import NotFound
from app.printing import Form, form_pdf, paper_pdf
from app.security import MASKED, Actor
from app.web.kit.custom_fields import custom_facts


@dataclass(frozen=True)
class Sheet:
    """One thing that a document has on paper: its own, another print, a form."""

    #: empty: its kind's own
    name: str
    title: object


def sheets_of(session: Session, company: Company, document: Document) -> list[Sheet]:
    """What the document has on paper for the session's actor, its own first."""
    prints = (Sheet(each.name, each.title) for each in prints_of(session, company, document))
    forms = (Sheet(each.name, each.title) for each in forms_of(session, company, document))
    return [Sheet("", document.title), *prints, *forms]


def sheet_pdf(session: Session, company: Company, document: Document, name: str = "") -> bytes:
    """One of its sheets, in the reader's language and as far as the session's actor may see it. NotFound: no such sheet."""
    if session.info["actor"].partner is not None and not document.is_for_partner:
        raise NotFound
    for form in forms_of(session, company, document):
        if form.name == name:
            return form_pdf(session, form, document)
    prints = {each.name: each for each in prints_of(session, company, document)}
    if name and name not in prints:
        raise NotFound
    asked = prints.get(name)
    paper = kind_of(document).paper(session, document) if asked is None else asked.paper(session, document)
    title = title_of(document, asked)
    return paper_pdf(session, title, open_part(session, document, paper), state=unusual_state(document))


def sheet_title(session: Session, company: Company, document: Document, name: str = "") -> str:
    """What one of its sheets is called, with the document's number. NotFound: no such sheet."""
    found = next((sheet for sheet in sheets_of(session, company, document) if sheet.name == name), None)
    if found is None:
        raise NotFound
    return f"{found.title} {document.number or ''}".strip()


def title_of(document: Document, asked: Print | None) -> str:
    """What the sheet is called, with the document's number."""
    return f"{document.title if asked is None else asked.title} {document.number or ''}".strip()


def open_part(session: Session, document: Document, paper: Paper) -> Paper:
    """The paper as far as it is open to the session's actor, with the document's custom fields."""
    actor: Actor = session.info["actor"]
    if actor.partner is None:
        facts = [*paper.facts, *custom_facts(document, session)]
    else:  # what is closed isn't even mentioned
        facts = [fact for fact in paper.facts if fact.value is not MASKED]
    return replace(
        paper,
        facts=facts,
        columns=[c for c in paper.columns if actor.sees(c.group)],
        totals=[t for t in paper.totals if actor.sees(t.group)],
    )


def unusual_state(document: Document) -> str:
    """What is to be said of a document's state on paper: nothing of one that stands."""
    return "" if document.state in STANDING else str(kind_of(document).state_words.get(document.state, ""))


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
