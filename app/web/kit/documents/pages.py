"""The pages of a kind of document: list, new, view, edit, preview, post, reverse and discard. They are alike for all kinds."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from app.documents import (
    STANDING,
    Document,
    Kind,
    Print,
    close,
    discard,
    followers_of,
    is_partner_open,
    kind_of,
    left_for,
    locked,
    post,
    preview,
    reopen,
    reverse,
    shares_taken,
    takers_of_one,
    unusual_state,
    versions_of,
)
from app.errors import KontorError, NotFound
from app.printing import paper_pdf
from app.security import User
from app.translation import language
from app.web.edge.kept import discard_under
from app.web.edge.request import current_actor, current_company, current_session
from app.web.edge.routing import Routes
from app.web.kit.comparison import Difference, differences
from app.web.kit.custom_fields import with_custom_fields
from app.web.kit.documents.chain import picture_of
from app.web.kit.documents.editing import Pages, edit, found, may_correct, tell_saved
from app.web.kit.documents.form import DocumentForm
from app.web.kit.documents.paper import paper_json, paper_workbook
from app.web.kit.documents.previewing import SEEN, may_change_others, show_preview
from app.web.kit.documents.sheets import forms_of, open_part, prints_of, sheet_pdf, title_of
from app.web.kit.lines.field import LinesField
from app.web.kit.lists import show_list
from app.web.kit.pdf import asked_language, send_pdf
from app.web.kit.refusing import refusal_words
from app.web.kit.seeing import note_export, note_rows
from app.web.kit.tables import Table
from app.web.kit.workbook import send_workbook


def address_of_all(module: str, noun: str) -> str:
    """The address of the list of a kind: its noun in the plural, as English spells it (`/trade/import-taxes`)."""
    if noun.endswith("y") and noun[-2] not in "aeou":
        plural = f"{noun[:-1]}ies"
    else:
        plural = noun + ("es" if noun.endswith(("s", "x", "z", "ch", "sh")) else "s")
    return f"/{module}/{plural.replace('_', '-')}"


def declare_pages(
    routes: Routes,
    kind: Kind[Any],
    *,
    table: Table,
    form: type[DocumentForm],
    form_template: str = "document_form.html",
    list_template: str = "list.html",
    buttons: str = "",
    draft_buttons: str = "",
    with_prices: bool = False,
    prepare: Callable[[Any, bool], bool] | None = None,
    onward: Callable[[Any], str] | None = None,
) -> None:
    """Declare the pages of a kind as `module.noun_list`, `_new`, `_view`, `_edit`, `_preview`, `_post`, `_reverse` and
    `_discard`; of one whose documents are closed, `_close` and `_reopen` too.

    What is refused is shown on the document's page or in its form, and nothing has changed. A new one begins as a copy
    (`?copy=`), as what is left of another document (`?of=`), or with fields that the address names (`?contact=`). `onward`: the
    address of where one goes on once a document is saved; empty: its own page. `buttons` and `draft_buttons`: templates of what
    else can be done with a posted document, and with a draft.
    """
    pages = Pages(routes, kind, table, form, form_template, with_prices, prepare, onward)
    noun, model = kind.noun, kind.model
    address = address_of_all(routes.name, noun)
    one, needs = f"{address}/<int:document_id>", f"{kind.name}."

    def page_of(document_id: int) -> Any:
        return redirect(pages.address("view", document_id=document_id))

    def list_page() -> Any:
        return show_list(table, list_template=list_template)

    def new_page() -> Any:
        return edit(pages, None)

    def view_page(document_id: int) -> Any:
        document = found(model, document_id)
        versions = _versions(pages, document)
        shown: dict[str, Any] = {"buttons": buttons, "draft_buttons": draft_buttons, "versions": versions}
        return show_document(document, may_correct=may_correct(kind), **shown)

    def edit_page(document_id: int) -> Any:
        return edit(pages, document_id)

    def preview_page(document_id: int) -> Any:
        return _preview_of_draft(pages, document_id, is_asked=True)

    def post_page(document_id: int) -> Any:
        if (shown := _preview_of_draft(pages, document_id)) is not None:
            return shown
        document = locked(current_session(), model, document_id)
        if _done(lambda: post(current_session(), current_actor(), [document])):
            tell_saved(document)
        return page_of(document_id)

    def reverse_page(document_id: int) -> Any:
        document = locked(current_session(), model, document_id)
        if _done(lambda: reverse(current_session(), current_actor(), document)):
            flash(str(kind.words.reversed) % {"number": document.number}, "success")
        return page_of(document_id)

    def close_page(document_id: int) -> Any:
        document = locked(current_session(), model, document_id)
        if _done(lambda: close(current_session(), current_actor(), document)):
            flash(_("%(number)s is closed.", number=document.number), "success")
        return page_of(document_id)

    def reopen_page(document_id: int) -> Any:
        document = locked(current_session(), model, document_id)
        if _done(lambda: reopen(current_session(), current_actor(), document)):
            flash(_("%(number)s is open again.", number=document.number), "success")
        return page_of(document_id)

    def discard_page(document_id: int) -> Any:
        document = locked(current_session(), model, document_id)
        if not _done(lambda: discard(current_session(), current_actor(), document)):
            return page_of(document_id)
        if (user_id := current_actor().user_id) is not None:
            discard_under(current_session(), user_id, pages.address("edit", document_id=document_id))
        flash(_("The draft is discarded."), "success")
        return redirect(pages.address("list"))

    routes.get(address, needs=needs + "view", endpoint=f"{noun}_list")(list_page)
    routes.form(f"{address}/new", needs=needs + "edit", takes=LinesField.TAKES, endpoint=f"{noun}_new")(new_page)
    routes.get(one, needs=needs + "view", endpoint=f"{noun}_view")(view_page)
    routes.form(f"{one}/edit", needs=needs + "edit", takes=LinesField.TAKES, endpoint=f"{noun}_edit")(edit_page)
    routes.post(f"{one}/post", needs=needs + "post", endpoint=f"{noun}_post")(post_page)
    routes.post(f"{one}/preview", needs=needs + "post", endpoint=f"{noun}_preview")(preview_page)
    routes.post(f"{one}/reverse", needs=needs + "reverse", endpoint=f"{noun}_reverse")(reverse_page)
    routes.post(f"{one}/discard", needs=needs + "edit", endpoint=f"{noun}_discard")(discard_page)
    if kind.may_be_closed:
        routes.post(f"{one}/close", needs=needs + "post", endpoint=f"{noun}_close")(close_page)
        routes.post(f"{one}/reopen", needs=needs + "post", endpoint=f"{noun}_reopen")(reopen_page)


def _preview_of_draft(pages: Pages, document_id: int, *, is_asked: bool = False) -> str | None:
    """The page of what posting a draft would change, where that is asked for, or is to be seen before: figures of other
    documents change."""
    session, document = current_session(), found(pages.kind.model, document_id)
    dated = document.moment if document.is_dated else None
    if not is_asked and (
        request.form.get(SEEN) or document.state != "draft" or not may_change_others(pages.kind, dated)
    ):
        return None

    def posted() -> Document:
        draft: Document = locked(session, pages.kind.model, document_id)
        post(session, current_actor(), [draft])
        return draft

    title, view = title_of(document, None), pages.address("view", document_id=document_id)
    seen = preview(session, current_actor(), posted)
    if not is_asked and not seen.changes_others:
        return None
    action = pages.address("post", document_id=document_id)
    return show_preview(seen, title, "post", pages.kind.words, action=action, back=view)


def show_document(document: Document, *, document_template: str = "document.html", **context: Any) -> Any:
    """The page of a document of any kind: what it says on paper, from what it was made and what was made from it.

    `?as=xlsx`, `?as=pdf` and `?as=json` give the same as a file; `?print=` what another print of it says, and `?form=` a form
    as PDF. A PDF is in the reader's language, or in the one of `?language=`. `document_template` extends `document.html`.
    """
    if request.args.get("as") == "pdf" and (other := asked_language()) != language():
        with force_locale(other):
            return _shown(document, document_template, context)
    return _shown(document, document_template, context)


def _shown(document: Document, document_template: str, context: dict[str, Any]) -> Any:
    session, actor, kind, company = current_session(), current_actor(), kind_of(document), current_company()
    wanted, form = request.args.get("as"), request.args.get("form")
    if form:
        note_export(form, "PDF", subject=kind.name, subject_id=document.id)
        return send_pdf(sheet_pdf(session, company, document, form), f"{form.partition('.')[2]}-{document.number}")
    prints = prints_of(session, company, document)
    asked = _asked_print(prints)
    paper = kind.paper(session, document) if asked is None else asked.paper(session, document)
    shown, title = open_part(session, document, paper), title_of(document, asked)
    said = kind.name if asked is None else asked.name
    if wanted == "json":
        note_export(said, "JSON", subject=kind.name, subject_id=document.id)
        return paper_json(document, shown)
    if wanted == "xlsx":
        note_export(said, "XLSX", subject=kind.name, subject_id=document.id)
        return send_workbook(paper_workbook(title, shown), title)
    if wanted == "pdf":
        note_export(said, "PDF", subject=kind.name, subject_id=document.id)
        return send_pdf(paper_pdf(session, title, shown, state=unusual_state(document)), title)
    if asked is not None:
        note_rows(asked.name, 1, subject=kind.name, subject_id=document.id, way="print")
        return render_template("document_print.html", document=document, paper=shown, title=title, asked=asked)
    known = {
        "prints": prints,
        "forms": forms_of(session, company, document),
        "may_act": (may_act := is_partner_open(session, document)),
        "may_reverse": may_act and actor.may(f"{kind.name}.reverse"),
        **_chain(session, document, may_act=may_act),
        "words": kind.words,
        "may_change_others": may_change_others(kind, document.moment if document.is_dated else None),
        "may_be_closed": kind.may_be_closed,
    }
    return render_template(document_template, document=document, paper=shown, title=title, **{**known, **context})


def _asked_print(prints: list[Print]) -> Print | None:
    """The print that the address asks for; NotFound when the document has none such."""
    name = request.args.get("print")
    found = next((p for p in prints if p.name == name), None)
    if name and found is None:
        raise NotFound
    return found


def _chain(session: Any, document: Document, *, may_act: bool) -> dict[str, Any]:
    """What the document came from and what became of it, how much of it was taken, and what the user can make of the rest."""
    kind, actor = kind_of(document), current_actor()
    stands, is_posted = document.state in STANDING, document.state == "posted"
    takers = takers_of_one(session, document) if kind.makes and stands else {}
    makes = [
        (makes, makes.made(session, document))
        for makes in kind.makes
        if (may_act or makes.is_for_both_ends)
        and is_posted
        and actor.may(f"{makes.target}.edit")
        and (any(left > 0 for left in left_for(document, takers, makes.target).values()) or kind.may_be_empty)
    ]
    return {
        "chain": picture_of(session, document),
        "may_correct_made": lambda target: actor.may(f"{target}.edit") and may_correct(Kind.declared[target]),
        "followers": followers_of(session, document.id),
        "shares": [*shares_taken(document, takers), *kind.shares(session, document)] if stands else [],
        "line_notes": kind.line_notes(session, document, takers) if is_posted else {},
        "makes": makes,
        # the likely next step: the first that takes what is left of it
        "next_made": next((m.target for m, made in makes if m.takes and m.share and not made), ""),
    }


def _versions(pages: Pages, document: Document) -> list[tuple[Any, str, list[Difference]]]:
    """The document's versions before this one, newest first, each with who corrected it and where the one after it says
    something else."""
    session, kind = current_session(), pages.kind
    if document.version == 1 or not (found := versions_of(session, document)):
        return []
    form, following = with_custom_fields(pages.form, kind.model)(formdata=None), kind.draft_of(document)
    form.offer(session, kind.model)
    form.close_for(current_actor(), kind)
    users = select(User.id, User.name).where(User.id.in_({version.user_id for version, _ in found} - {None}))
    names = {row.id: row.name for row in session.execute(users)}
    changed = []
    for version, draft in found:
        changed.append((version, names.get(version.user_id, ""), differences(form, draft, following)))
        following = draft
    return changed


def _done(act: Callable[[], Any]) -> bool:
    """Whether the act went through; a refusal is shown above the next page."""
    try:
        act()
    except NotFound:
        raise
    except KontorError as error:
        current_session().rollback()
        flash(refusal_words(error), "error")
        return False
    return True
