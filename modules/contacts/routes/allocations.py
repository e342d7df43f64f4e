"""Allocations: what is moved between open items after it was paid."""

import secrets
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.api.documents import documents_by_id
from app.api.errors import KontorError, NotFound
from app.api.web import (
    current_actor,
    current_session,
    note_rows,
    operation_id,
    refusal_words,
    show_document,
    show_list,
    show_refusal,
    with_custom_fields,
)
from modules.contacts import tables
from modules.contacts.allocations import AllocationLineDraft, allocate, reverse_allocation
from modules.contacts.families import family_of
from modules.contacts.forms import MOST_PARTS, AllocationForm, named_parts, parts_form, parts_of, plain_values
from modules.contacts.models import INSTALMENTS, Allocation
from modules.contacts.queries import open_document, open_items_among
from modules.contacts.routes.blueprint import routes


@routes.get("/contacts/allocations", needs="contacts.allocation.view")
def allocation_list() -> Any:
    """What was moved between open items after it was paid."""
    return show_list(tables.allocations)


@routes.form("/contacts/allocations/new", needs="contacts.allocation.post")
def allocation_new() -> Any:
    """Allocate what is open of a document (`?document=`) to others of its contact."""
    session, actor = current_session(), current_actor()
    item = open_document(session, request.args.get("document", type=int))
    if item is None:
        raise NotFound(_("Nothing is open of this document, or it is not open to you."))
    sign = -1 if item.open > 0 else 1
    of_contact = partial(open_items_among, session, family_of(session, item.contact_id), item.currency, sign=sign)
    documents = of_contact(limit=MOST_PARTS)
    form = parts_form(with_custom_fields(AllocationForm, Allocation), documents, request.form)()
    if request.method == "GET":
        form.moment.offer_present()
    if form.validate_on_submit():
        pays = item.kind == "contacts.payment"
        try:
            parts = parts_of(form) or named_parts(
                form.reference.data or "", lambda words: of_contact(limit=MOST_PARTS, named=words), abs(item.open)
            )
            lines = [
                AllocationLineDraft(item.document_id, i, part)
                if pays
                else AllocationLineDraft(i, item.document_id, part)
                for i, part in parts
            ]
            made = allocate(
                session,
                actor,
                contact_id=item.contact_id,
                lines=lines,
                operation_id=operation_id(),
                **plain_values(form),
            )
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("%(number)s is posted.", number=made.number), "success")
            return redirect(url_for("contacts.allocation_view", document_id=made.id))
    note_rows("contacts.open_item", len(documents), subject="contacts.contact", subject_id=item.contact_id)
    return render_template(
        "contacts/allocation_form.html",
        form=form,
        item=item,
        documents=documents,
        is_cut=documents.is_cut,
        operation=secrets.token_hex(12),
    )


@routes.get("/contacts/allocations/<int:document_id>", needs="contacts.allocation.view")
def allocation_view(document_id: int) -> Any:
    """An allocation: from which documents to which."""
    session = current_session()
    allocation = session.get(Allocation, document_id)
    if allocation is None:
        raise NotFound
    ends = {i // INSTALMENTS for line in allocation.lines for i in (line.from_item_id, line.to_item_id)}
    return show_document(
        allocation,
        document_template="contacts/allocation.html",
        may_reverse=allocation.released_id is None and current_actor().may("contacts.allocation.reverse"),
        documents=documents_by_id(session, ends),
        instalments=INSTALMENTS,
    )


@routes.post("/contacts/allocations/<int:document_id>/reverse", needs="contacts.allocation.reverse")
def allocation_reverse(document_id: int) -> Any:
    """Reverse an allocation; `?back=` leads to the payment from whose page it was done."""
    session = current_session()
    try:
        allocation = reverse_allocation(session, current_actor(), document_id)
    except KontorError as error:
        session.rollback()
        flash(refusal_words(error), "error")
    else:
        flash(_("%(number)s is reversed.", number=allocation.number), "success")
    if (payment_id := request.args.get("back", type=int)) is not None:
        return redirect(url_for("contacts.payment_view", document_id=payment_id))
    return redirect(url_for("contacts.allocation_view", document_id=document_id))
