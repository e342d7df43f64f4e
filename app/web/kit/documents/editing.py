"""The form of a document of any kind: what it shows first, and saving, posting and correcting what was typed."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.clock import wall_clock
from app.documents import Document, Kind, Preview, correct, kind_of, post, preview, save, says
from app.errors import Conflict, Invalid, KontorError, NotFound
from app.formats import day
from app.notices import taken_notices
from app.reference import base_currency, tax_rounding
from app.values import digits_of
from app.web.edge.request import current_actor, current_session
from app.web.edge.routing import Routes
from app.web.kit.comparison import differences, show_refusal
from app.web.kit.custom_fields import custom_offered, with_custom_fields
from app.web.kit.documents.form import DocumentForm
from app.web.kit.documents.previewing import SEEN, is_back_from_preview, may_change_others, show_preview
from app.web.kit.documents.together import made_of, origins_named, others_offered
from app.web.kit.tables import Table
from app.web.pages.keeping import kept_here


@dataclass(frozen=True)
class Pages:
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
    #: where one goes on once a document is saved; None, or empty: its own page
    onward: Callable[[Any], str] | None

    def address(self, page: str, **arguments: Any) -> str:
        """The address of one of its pages."""
        return url_for(f"{self.kind.name}_{page}", **arguments)


def edit(pages: Pages, document_id: int | None) -> Any:
    """The form of a document: saved as a draft, or saved and posted, in one transaction.

    Of a document that can't be changed any more there is none, but what somebody has typed in it is shown again, to be saved as
    a new draft.
    """
    kind = pages.kind
    document = None if document_id is None else current_session().get(kind.model, document_id)
    refused = None if document_id is None else _refused(kind, document)
    if refused is not None:
        return _show_typed(pages, document, refused)
    form = _form(pages)
    if request.method == "GET":
        _begin(pages, form, document)
    if document is None:
        form.version.show(None)
    shown = _shown(pages, document)
    if (
        not is_back_from_preview()
        and (pages.prepare is None or not pages.prepare(form, document is None))
        and form.validate_on_submit()
    ):
        draft = None
        try:
            draft = form.draft(kind)
            if (seen := _seen_before(pages, document, draft)) is not None:
                return show_preview(seen, shown["title"], _then()[1], pages.kind.words)
            saved, is_corrected = _write(pages, document, draft, _then()[1])
            current_session().flush()
        except KontorError as error:
            show_refusal(form, error, typed=draft, said=kind.draft_of)
            if (
                document_id is not None and current_session().get(kind.model, document_id) is None
            ):  # discarded meanwhile
                return _show_typed(pages, None, error)
        else:
            tell_saved(saved, is_corrected=is_corrected)
            onward = pages.onward(saved) if pages.onward is not None else ""
            return redirect(onward or pages.address("view", document_id=saved.id))
    return _page(pages, form, document, **_together(pages, document), **shown)


def _together(pages: Pages, document: Document | None) -> dict[str, Any]:
    """What a new document is made of, and what else may be taken into it."""
    if document is not None or request.method != "GET" or not (origins := origins_named()):
        return {}
    return {"origins": origins, "others": others_offered(current_session(), origins, pages.kind)}


def _refused(kind: Kind[Any], document: Document | None) -> KontorError | None:
    """Why a document can't be changed any more, if it can't."""
    if document is None:
        return NotFound()
    if document.state not in ("draft", "posted"):
        return Conflict(_("This document can't be changed any more."))
    if document.state == "posted" and not may_correct(kind):
        return Conflict(_("A posted document can't be changed; reverse it and make a new one."))
    return None


def _show_typed(pages: Pages, document: Document | None, refused: KontorError) -> Any:
    """What was typed in the form of a document that can't be changed any more, as a new one; without it, `refused`."""
    if request.method == "GET":
        kept = kept_here()
        if kept is None:
            raise refused
        if not request.args.get("kept"):
            return redirect(kept.restored)
    form = _form(pages)
    form.form_errors = [_what_happened(document), _("What you typed is below; saving it makes a new draft.")]
    if document is not None and document.state == "posted" and form.validate_on_submit():
        form.changed = differences(form, form.draft(pages.kind), pages.kind.draft_of(document))
    answer = _page(pages, form, None, **_shown(pages, None), address=pages.address("new"))
    return answer, refused.status if request.method == "POST" else 200


def _what_happened(document: Document | None) -> str:
    if document is None:
        return str(
            _("This draft is no longer there: somebody has discarded it meanwhile, or it is not open to you any more.")
        )
    if document.state == "posted":
        return str(_("%(number)s has been posted meanwhile, and you may not correct it.", number=document.number))
    return str(_("%(number)s has been reversed meanwhile.", number=document.number))


def _form(pages: Pages) -> Any:
    form = with_custom_fields(pages.form, pages.kind.model)()
    form.offer(current_session(), pages.kind.model)
    form.close_for(current_actor(), pages.kind)
    return form


def _shown(pages: Pages, document: Document | None) -> dict[str, Any]:
    """What the form's page says of the document, as it is before anything is saved."""
    if document is None:
        return {"title": pages.table.create_title, "back": pages.address("list"), "corrects": False}
    return {
        "title": f"{pages.kind.model.title} {document.number or ''}",
        "back": pages.address("view", document_id=document.id),
        "corrects": document.state == "posted",
    }


def _page(pages: Pages, form: Any, document: Document | None, **shown: Any) -> str:
    """The page of the form; `address`: where it is sent, where not to its own."""
    session = current_session()
    currency = form["currency"].data if "currency" in form and form["currency"].data else base_currency(session)
    return render_template(
        pages.form_template,
        form=form,
        may_post=current_actor().may(f"{pages.kind.name}.post"),
        words=pages.kind.words,
        prices="sales" if pages.with_prices else "",
        digits=digits_of(currency),
        base_currency=base_currency(session),
        tax_rounding=_tax_rounding(document),
        operation=secrets.token_hex(12),
        **shown,
    )


def _tax_rounding(document: Document | None) -> str:
    """How tax will be rounded when the form is saved: one that is corrected keeps its own."""
    own = getattr(document, "tax_rounding", None) if document is not None and document.state == "posted" else None
    return own or tax_rounding(current_session())


def _then() -> tuple[bool, str]:
    """What the button says: whether only to show what would change, and the act."""
    before, _dash, act = request.form.get("then", "").rpartition("-")
    return before == "preview", act


def _seen_before(pages: Pages, document: Document | None, draft: Any) -> Preview | None:
    """What saving and posting, or correcting, would change, where that is asked for, or is to be seen before: figures of other
    documents change. Refused as the act itself."""
    is_asked, act = _then()
    if not is_asked and (act not in ("post", "correct") or request.form.get(SEEN)):
        return None
    if not is_asked and act == "post" and not may_change_others(pages.kind, draft.moment):
        return None
    seen = preview(current_session(), current_actor(), lambda: _write(pages, document, draft, act)[0])
    if is_asked and seen.refusal is not None:
        raise seen.refusal
    return seen if is_asked or seen.changes_others else None


def _write(pages: Pages, document: Document | None, draft: Any, then: str) -> tuple[Document, bool]:
    """Save a draft, post it too, or correct, whichever the button says; gives the document, and whether it was corrected.

    Only a form that was shown as a posted document's corrects: what was typed into a draft that somebody has posted meanwhile
    is refused (PostedMeanwhile), unless the document says just that.
    """
    session, actor = current_session(), current_actor()
    if document is not None and then == "correct":
        correct(session, actor, document, draft)
        return document, True
    if document is not None and document.state == "posted" and says(session, document, draft):
        return document, False
    saved = save(session, actor, pages.kind.model, draft, document=document)
    if then == "post" and saved.state in (None, "draft"):
        post(session, actor, [saved])
    return saved, False


def _begin(pages: Pages, form: DocumentForm, document: Document | None) -> None:
    """What the form shows first: the draft, what a copy takes over, what is left of another, or the usual values."""
    session, kind = current_session(), pages.kind
    if document is not None:
        form.show(kind.draft_of(document), document.version)
        return
    if origins := origins_named():
        try:
            form.show(made_of(origins, kind))
        except Invalid as error:  # they don't go together: the first alone
            form.show(made_of(origins[:1], kind))
            form.form_errors = [str(error)]
        for notice in taken_notices(session):  # such as what of it falls short
            flash(str(notice), "warning")
        _offer_currency(session, form)
        return
    copied = _named("copy", kind.model)
    if copied is not None:
        taken, custom = kind.draft_of(copied), custom_offered(kind.model, copied.custom)
        form.show(replace(taken, moment=None, lines=_without_origins(taken.lines), custom=custom))
        return
    form.is_blank = not request.args.get("kept")
    form.moment.offer_present()
    _offer_currency(session, form)
    for field in form.heads:
        given = request.args.get(field.name.removesuffix("_id"), type=int)
        if given is not None and field.name.endswith("_id"):
            field.data = given


def _offer_currency(session: Any, form: DocumentForm) -> None:
    """The company's own, where nothing says another: a list of currencies would show its first."""
    if "currency" in form and form["currency"].data is None:
        form["currency"].data = base_currency(session)


def _without_origins(lines: Any) -> list[Any]:
    return [replace(line, origin=None) if getattr(line, "origin", None) is not None else line for line in lines]


def _named(argument: str, model: type[Document] = Document) -> Any:
    """The document that the address names, if it names one; NotFound when it is not open."""
    document_id = request.args.get(argument, type=int)
    return found(model, document_id) if document_id else None


def found(model: type[Document], document_id: int) -> Document:
    """The document; NotFound when it is not open to whoever asks."""
    document = current_session().get(model, document_id)
    if document is None:
        raise NotFound
    return document


def may_correct(kind: Kind[Any]) -> bool:
    """Whether the user may correct posted documents of a kind."""
    return all(current_actor().may(f"{kind.name}.{verb}") for verb in ("post", "reverse"))


def tell_saved(document: Document, *, is_corrected: bool = False) -> None:
    """Say above the next page what became of a document, and what whoever posted it should know."""
    session = current_session()
    if document.state != "posted":
        flash(_("Draft saved."), "success")
        return
    message = _("%(number)s is corrected.") if is_corrected else str(kind_of(document).words.posted)
    flash(message % {"number": document.number}, "success")
    for notice in kind_of(document).warnings(session, current_actor(), document):
        flash(str(notice), "warning")
    if document.moment.date() > wall_clock().date():
        flash(_("Its date is in the future: %(day)s.", day=day(document.moment)), "warning")
