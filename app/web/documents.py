"""The seven pages of a kind of document: list, new, view, edit, post, take back, discard. Who knows one kind knows them all."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.clock import wall_clock
from app.documents import Document, discard, locked
from app.errors import KontorError, NotFound
from app.notices import taken_notices
from app.security import Actor
from app.web.edge import current_actor, current_session
from app.web.formats import day
from app.web.lists import show_list
from app.web.routing import Routes
from app.web.tables import Table


def declare_pages(
    routes: Routes,
    noun: str,
    kind: type[Any],
    *,
    table: Table,
    show: Callable[[Any], Any],
    edit: Callable[[Any], Any],
    post: Callable[[Session, Actor, Sequence[Any]], None],
    reverse: Callable[[Session, Actor, type[Any], int], Any],
) -> None:
    """Declare the pages of `kind` as `module.noun_list`, `_new`, `_view`, `_edit`, `_post`, `_reverse` and
    `_discard`.

    `show` and `edit` answer with a page for a document; `edit` of None is a new one. `post` and `reverse` are the
    module's operations: what they refuse is told on the document's page, and nothing has changed.
    """
    module = routes.name
    address = f"/{module}/{noun.replace('_', '-')}s"
    one, needs = f"{address}/<int:document_id>", f"{module}.{noun}."

    def page_of(document_id: int) -> Any:
        return redirect(url_for(f"{module}.{noun}_view", document_id=document_id))

    def list_page() -> Any:
        return show_list(table)

    def new_page() -> Any:
        return edit(None)

    def view_page(document_id: int) -> Any:
        return show(_found(kind, document_id))

    def edit_page(document_id: int) -> Any:
        return edit(_found(kind, document_id))

    def post_page(document_id: int) -> Any:
        document = locked(current_session(), kind, document_id)
        if _done(lambda: post(current_session(), current_actor(), [document])):
            tell_saved(document)
        return page_of(document_id)

    def reverse_page(document_id: int) -> Any:
        if _done(lambda: reverse(current_session(), current_actor(), kind, document_id)):
            flash(_("Taken back."), "success")
        return page_of(document_id)

    def discard_page(document_id: int) -> Any:
        document = locked(current_session(), kind, document_id)
        if not _done(lambda: discard(current_session(), current_actor(), document)):
            return page_of(document_id)
        flash(_("The draft is discarded."), "success")
        return redirect(url_for(f"{module}.{noun}_list"))

    routes.get(address, needs=needs + "view", endpoint=f"{noun}_list")(list_page)
    routes.form(f"{address}/new", needs=needs + "edit", endpoint=f"{noun}_new")(new_page)
    routes.get(one, needs=needs + "view", endpoint=f"{noun}_view")(view_page)
    routes.form(f"{one}/edit", needs=needs + "edit", endpoint=f"{noun}_edit")(edit_page)
    routes.post(f"{one}/post", needs=needs + "post", endpoint=f"{noun}_post")(post_page)
    routes.post(f"{one}/reverse", needs=needs + "reverse", endpoint=f"{noun}_reverse")(reverse_page)
    routes.post(f"{one}/discard", needs=needs + "edit", endpoint=f"{noun}_discard")(discard_page)


def tell_saved(document: Document) -> None:
    """Say above the next page what became of a document, and when it is posted ahead of its day."""
    if document.state != "posted":
        flash(_("Draft saved."), "success")
        return
    flash(_("%(number)s is posted.", number=document.number), "success")
    for notice in taken_notices(current_session()):
        flash(str(notice), "warning")
    if document.moment.date() > wall_clock().date():
        flash(_("Its date lies ahead: %(day)s.", day=day(document.moment)), "warning")


def copied(kind: type[Any]) -> Any:
    """The document that a new one is to begin as a copy of (`?copy=`), if there is one; NotFound when it is not open."""
    document_id = request.args.get("copy", type=int)
    return _found(kind, document_id) if document_id else None


def _found(kind: type[Document], document_id: int) -> Document:
    document = current_session().get(kind, document_id)
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
