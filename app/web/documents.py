"""The seven pages of a kind of document: list, new, view, edit, post, reverse, discard. Who knows one kind knows them all."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from app.clock import wall_clock
from app.documents import (
    Document,
    Kind,
    Makes,
    correct,
    discard,
    followers_of,
    kind_of,
    left_of,
    locked,
    post,
    reverse,
    save,
    sources_of,
    versions_of,
)
from app.errors import Conflict, KontorError, NotFound
from app.notices import taken_notices
from app.reference import base_currency
from app.security import User
from app.values import digits_of
from app.web.comparison import Difference, differences, show_refusal
from app.web.custom_fields import custom_facts, custom_offered, with_custom_fields
from app.web.document_form import DocumentForm
from app.web.edge import current_actor, current_session
from app.web.formats import day
from app.web.lists import XLSX, show_list
from app.web.paper import paper_json, paper_workbook
from app.web.routing import Routes
from app.web.tables import Table


@dataclass(frozen=True)
class _Pages:
    """What the pages of one kind need."""

    routes: Routes
    kind: Kind[Any]
    table: Table
    form: type[DocumentForm]
    form_template: str
    #: whether the grid offers the items' sales prices
    with_prices: bool
    #: fills in the form before it is read; True: show it again, as a button of its own was pressed
    prepare: Callable[[Any, bool], bool] | None

    def address(self, page: str, **arguments: Any) -> str:
        return url_for(f"{self.kind.name}_{page}", **arguments)


def declare_pages(
    routes: Routes,
    kind: Kind[Any],
    *,
    table: Table,
    form: type[DocumentForm],
    form_template: str = "document_form.html",
    buttons: str = "",
    with_prices: bool = False,
    prepare: Callable[[Any, bool], bool] | None = None,
) -> None:
    """Declare the pages of a kind as `module.noun_list`, `_new`, `_view`, `_edit`, `_post`, `_reverse` and `_discard`.

    What is refused is shown on the document's page or in its form, and nothing has changed. A new one begins as a copy
    (`?copy=`), as what is left of another document (`?of=`), or with fields that the address names (`?contact=`).
    """
    pages = _Pages(routes, kind, table, form, form_template, with_prices, prepare)
    noun, model = kind.noun, kind.model
    address = f"/{routes.name}/{noun.replace('_', '-')}s"
    one, needs = f"{address}/<int:document_id>", f"{kind.name}."

    def page_of(document_id: int) -> Any:
        return redirect(pages.address("view", document_id=document_id))

    def list_page() -> Any:
        return show_list(table)

    def new_page() -> Any:
        return _edit(pages, None)

    def view_page(document_id: int) -> Any:
        document = _found(model, document_id)
        may_correct = _may_correct(kind)
        return show_document(document, buttons=buttons, versions=_versions(pages, document), may_correct=may_correct)

    def edit_page(document_id: int) -> Any:
        return _edit(pages, _found(model, document_id))

    def post_page(document_id: int) -> Any:
        document = locked(current_session(), model, document_id)
        if _done(lambda: post(current_session(), current_actor(), [document])):
            tell_saved(document)
        return page_of(document_id)

    def reverse_page(document_id: int) -> Any:
        document = locked(current_session(), model, document_id)
        if _done(lambda: reverse(current_session(), current_actor(), document)):
            flash(_("%(number)s is reversed.", number=document.number), "success")
        return page_of(document_id)

    def discard_page(document_id: int) -> Any:
        document = locked(current_session(), model, document_id)
        if not _done(lambda: discard(current_session(), current_actor(), document)):
            return page_of(document_id)
        flash(_("The draft is discarded."), "success")
        return redirect(pages.address("list"))

    routes.get(address, needs=needs + "view", endpoint=f"{noun}_list")(list_page)
    routes.form(f"{address}/new", needs=needs + "edit", endpoint=f"{noun}_new")(new_page)
    routes.get(one, needs=needs + "view", endpoint=f"{noun}_view")(view_page)
    routes.form(f"{one}/edit", needs=needs + "edit", endpoint=f"{noun}_edit")(edit_page)
    routes.post(f"{one}/post", needs=needs + "post", endpoint=f"{noun}_post")(post_page)
    routes.post(f"{one}/reverse", needs=needs + "reverse", endpoint=f"{noun}_reverse")(reverse_page)
    routes.post(f"{one}/discard", needs=needs + "edit", endpoint=f"{noun}_discard")(discard_page)


def _may_correct(kind: Kind[Any]) -> bool:
    return all(current_actor().may(f"{kind.name}.{verb}") for verb in ("post", "reverse"))


def tell_saved(document: Document, *, is_corrected: bool = False) -> None:
    """Say above the next page what became of a document, and what whoever posted it ought to know."""
    session = current_session()
    if document.state != "posted":
        flash(_("Draft saved."), "success")
        return
    message = _("%(number)s is corrected.") if is_corrected else _("%(number)s is posted.")
    flash(message % {"number": document.number}, "success")
    for notice in (*taken_notices(session), *kind_of(document).warnings(session, current_actor(), document)):
        flash(str(notice), "warning")
    if document.moment.date() > wall_clock().date():
        flash(_("Its date lies ahead: %(day)s.", day=day(document.moment)), "warning")


def show_document(document: Document, *, document_template: str = "document.html", **context: Any) -> Any:
    """The page of a document of any kind: what it says on paper, from what it was made and what was made from it.

    `?as=xlsx` and `?as=json` give the same as a file. `document_template` extends `document.html`.
    """
    session, actor, kind = current_session(), current_actor(), kind_of(document)
    paper = kind.paper(session, document)
    columns = [c for c in paper.columns if actor.sees(c.group)]
    facts, totals = [*paper.facts, *custom_facts(document)], [t for t in paper.totals if actor.sees(t.group)]
    shown = replace(paper, facts=facts, columns=columns, totals=totals)
    title = f"{document.title} {document.number or ''}".strip()
    wanted = request.args.get("as")
    if wanted == "json":
        return paper_json(document, shown)
    if wanted == "xlsx":
        return send_file(
            paper_workbook(title, shown), XLSX, as_attachment=True, download_name=f"{document.number or 'draft'}.xlsx"
        )
    known = {
        "may_reverse": actor.may(f"{kind.name}.reverse"),
        "makes": _makes(kind, document),
        "sources": sources_of(session, document),
        "followers": followers_of(session, document.id),
    }
    return render_template(document_template, document=document, paper=shown, title=title, **{**known, **context})


def _makes(kind: Kind[Any], document: Document) -> list[Makes]:
    """What the user can make of what is left of a posted document."""
    if document.state != "posted" or not kind.makes or not any(left_of(current_session(), document).values()):
        return []
    return [makes for makes in kind.makes if current_actor().may(f"{makes.target}.edit")]


def _versions(pages: _Pages, document: Document) -> list[tuple[Any, str, list[Difference]]]:
    """The document's versions before this one, newest first, each with who corrected it and where the one after it says
    something else."""
    session, kind = current_session(), pages.kind
    if document.version == 1 or not (found := versions_of(session, document)):
        return []
    form, following = with_custom_fields(pages.form, kind.model)(formdata=None), kind.draft_of(document)
    form.offer(session, kind.model)
    users = select(User.id, User.name).where(User.id.in_({version.user_id for version, _ in found} - {None}))
    names = {row.id: row.name for row in session.execute(users)}
    told = []
    for version, draft in found:
        told.append((version, names.get(version.user_id, ""), differences(form, draft, following)))
        following = draft
    return told


def _edit(pages: _Pages, document: Document | None) -> Any:
    """The form of a document: saved as a draft, or saved and posted, in one transaction."""
    session, actor, kind = current_session(), current_actor(), pages.kind
    corrects = document is not None and document.state == "posted"
    if document is not None and document.state not in ("draft", "posted"):
        raise Conflict(_("This document can't be changed any more."))
    if corrects and not _may_correct(kind):
        raise Conflict(_("A posted document can't be changed; reverse it and make a new one."))
    form = with_custom_fields(pages.form, kind.model)()
    form.offer(session, kind.model)
    if request.method == "GET":
        _begin(pages, form, document)
    if (pages.prepare is None or not pages.prepare(form, document is None)) and form.validate_on_submit():
        draft = form.draft(kind)
        try:
            if corrects and document is not None:
                correct(session, actor, document, draft)
                saved = document
            else:
                saved = save(session, actor, kind.model, draft, document=document)
                if request.form.get("then") == "post" and saved.state in (None, "draft"):
                    post(session, actor, [saved])
            session.flush()
        except KontorError as error:
            show_refusal(form, error, typed=draft, said=kind.draft_of)
        else:
            tell_saved(saved, is_corrected=corrects)
            return redirect(pages.address("view", document_id=saved.id))
    may_post = actor.may(f"{kind.name}.post")
    return render_template(
        pages.form_template,
        form=form,
        title=pages.table.create_title if document is None else f"{kind.model.title} {document.number or ''}",
        back=pages.address("list") if document is None else pages.address("view", document_id=document.id),
        may_post=may_post,
        corrects=corrects,
        prices="sales" if pages.with_prices else "",
        digits=digits_of(
            form["currency"].data if "currency" in form and form["currency"].data else base_currency(session)
        ),
        operation=secrets.token_hex(12),
    )


def _begin(pages: _Pages, form: DocumentForm, document: Document | None) -> None:
    """What the form shows first: the draft, what a copy takes over, what is left of another, or the usual values."""
    session, kind = current_session(), pages.kind
    if document is not None:
        form.show(kind.draft_of(document), document.version)
        return
    if (origin := _named("of")) is not None:
        form.show(_made_of(origin, kind))
        return
    copied = _named("copy", kind.model)
    if copied is not None:
        taken, custom = kind.draft_of(copied), custom_offered(kind.model, copied.custom)
        form.show(replace(taken, moment=None, lines=_without_origins(taken.lines), custom=custom))
        return
    form.moment.data = wall_clock()
    if "currency" in form:
        form["currency"].data = base_currency(session)
    for field in form.heads:
        given = request.args.get(field.name.removesuffix("_id"), type=int)
        if given is not None and field.name.endswith("_id"):
            field.data = given


def _made_of(origin: Document, kind: Kind[Any]) -> Any:
    makes = next((m for m in kind_of(origin).makes if m.target == kind.name), None)
    if makes is None or origin.state != "posted":
        raise NotFound
    return replace(makes.draft(current_session(), origin), custom=None)


def _without_origins(lines: Any) -> list[Any]:
    return [replace(line, origin=None) if getattr(line, "origin", None) is not None else line for line in lines]


def _named(argument: str, model: type[Document] = Document) -> Any:
    """The document that the address names, if it names one; NotFound when it is not open."""
    document_id = request.args.get(argument, type=int)
    return _found(model, document_id) if document_id else None


def _found(model: type[Document], document_id: int) -> Document:
    document = current_session().get(model, document_id)
    if document is None:
        raise NotFound
    return document


def _done(act: Callable[[], Any]) -> bool:
    """Whether the act went through; a refusal is shown above the next page."""
    try:
        act()
    except NotFound:
        raise
    except KontorError as error:
        current_session().rollback()
        flash(str(error), "error")
        return False
    return True
