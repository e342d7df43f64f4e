"""The pages of complaints: those of every kind of document, and the steps from open to settled."""

import secrets
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app.api.errors import KontorError, NotFound
from app.api.reference import base_currency
from app.api.web import (
    Routes,
    current_actor,
    current_session,
    declare_pages,
    operation_id,
    refusal_words,
    show_list,
    show_refusal,
)
from modules.trade.complaints import tables
from modules.trade.complaints.crediting import left_to_credit
from modules.trade.complaints.forms import ComplaintForm, CreditForm, ReasonForm, SettlingForm
from modules.trade.complaints.kinds import COMPLAINT
from modules.trade.complaints.models import Complaint, ComplaintReason
from modules.trade.complaints.operations import (
    POST,
    answer,
    cost_so_far,
    credit,
    refuse,
    reopen_complaint,
    save_reason,
    settle,
    take_into_work,
)

_ONE, _SETUP = "/trade/complaints/<int:document_id>", "trade.complaint.setup"


def declare_complaints(routes: Routes) -> None:
    """Complaints, their steps, and their reasons."""
    declare_pages(
        routes, COMPLAINT, table=tables.complaints, form=ComplaintForm, buttons="trade/complaint_buttons.html"
    )
    routes.post(f"{_ONE}/work", needs=POST)(complaint_begin)
    routes.form(f"{_ONE}/settle", needs=POST, help="complaint")(complaint_settle)
    routes.form(f"{_ONE}/refuse", needs=POST, help="complaint")(complaint_refuse)
    routes.post(f"{_ONE}/reopen", needs=POST)(complaint_reopen)
    routes.post(f"{_ONE}/answer/<target>", needs=POST)(complaint_answer)
    routes.form(f"{_ONE}/credit", needs=POST, help="complaint")(complaint_credit)
    routes.get("/trade/complaint-reasons", needs=_SETUP, help="complaint")(complaint_reason_list)
    routes.form("/trade/complaint-reasons/new", needs=_SETUP, help="complaint")(complaint_reason_new)
    routes.form("/trade/complaint-reasons/<int:reason_id>", needs=_SETUP, help="complaint")(complaint_reason_edit)


def complaint_begin(document_id: int) -> Any:
    """Take a complaint into work."""
    return _stepped(document_id, lambda: take_into_work(current_session(), current_actor(), document_id))


def complaint_reopen(document_id: int) -> Any:
    """Work on a complaint again."""
    return _stepped(document_id, lambda: reopen_complaint(current_session(), current_actor(), document_id))


def complaint_answer(document_id: int, target: str) -> Any:
    """Make a draft that settles a complaint, and show it."""
    made: list[Any] = []
    answered = _stepped(
        document_id, lambda: made.append(answer(current_session(), current_actor(), document_id, target))
    )
    if not made:
        return answered
    return redirect(url_for(f"{made[0].kind}_edit", document_id=made[0].id))


def complaint_settle(document_id: int) -> Any:
    """Settle a complaint: how, and what it cost."""
    complaint, form = _complaint(document_id), SettlingForm()
    if not form.is_submitted():
        form.cost.data = cost_so_far(current_session(), complaint)
    form.cost.label.text = _("What it cost, %(currency)s", currency=base_currency(current_session()))

    def act() -> Any:
        how, cost = form.outcome.data or "", form.cost.data or Decimal(0)
        return settle(current_session(), current_actor(), document_id, outcome=how, cost=cost)

    return _form(complaint, form, _("Settle %(number)s", number=complaint.number), act)


def complaint_refuse(document_id: int) -> Any:
    """Refuse a complaint, and say why."""
    complaint, form = _complaint(document_id), SettlingForm()
    form.leave_out("cost")
    form.outcome.label.text = _("Why it is refused")

    def act() -> Any:
        return refuse(current_session(), current_actor(), document_id, outcome=form.outcome.data or "")

    return _form(complaint, form, _("Refuse %(number)s", number=complaint.number), act)


def complaint_credit(document_id: int) -> Any:
    """Credit the customer an amount."""
    complaint, form = _complaint(document_id), CreditForm()
    if not form.is_submitted():
        form.amount.data = left_to_credit(current_session(), complaint) or None
    form.amount.currency = complaint.currency
    form.amount.label.text = _("Amount, %(currency)s", currency=complaint.currency)

    def act() -> Any:
        amount, note, act_id = form.amount.data or Decimal(0), form.note.data or "", operation_id()
        return credit(current_session(), current_actor(), document_id, amount=amount, note=note, operation_id=act_id)

    return _form(complaint, form, _("Credit for %(number)s", number=complaint.number), act)


def complaint_reason_list() -> Any:
    """The reasons that there are."""
    return show_list(tables.reasons)


def complaint_reason_new() -> Any:
    """Add a reason."""
    return _reason(None)


def complaint_reason_edit(reason_id: int) -> Any:
    """Change a reason, or offer it no more."""
    reason = current_session().get(ComplaintReason, reason_id)
    if reason is None:
        raise NotFound
    return _reason(reason)


def _reason(reason: ComplaintReason | None) -> Any:
    form: Any = ReasonForm(obj=reason)
    if form.validate_on_submit():
        said = {"name": form.name.data or "", "is_active": form.is_active.data}
        try:
            save_reason(current_session(), current_actor(), reason, version=form.version.data, **said)
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("trade.complaint_reason_list"))
    title = reason.name if reason is not None else tables.reasons.create_title
    return render_template("form.html", form=form, title=title, back=url_for("trade.complaint_reason_list"))


def _complaint(document_id: int) -> Complaint:
    complaint = current_session().get(Complaint, document_id)
    if complaint is None:
        raise NotFound
    return complaint


def _page(document_id: int) -> str:
    return url_for("trade.complaint_view", document_id=document_id)


def _stepped(document_id: int, act: Callable[[], Any]) -> Any:
    """Do a step and show the complaint; a refusal is shown above it."""
    try:
        act()
        current_session().flush()
    except NotFound:
        raise
    except KontorError as error:
        current_session().rollback()
        flash(refusal_words(error), "error")
    return redirect(_page(document_id))


def _form(complaint: Complaint, form: Any, title: str, act: Callable[[], Any]) -> Any:
    number = complaint.id
    if form.validate_on_submit():
        try:
            act()
            current_session().flush()
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(_page(number))
    act_id = secrets.token_hex(12)
    return render_template("form.html", form=form, title=title, back=_page(number), operation=act_id)
