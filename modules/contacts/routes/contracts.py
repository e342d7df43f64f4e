"""Contracts: their list, pages and forms, and what a document's form shows of them."""

from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.api.clock import wall_clock
from app.api.errors import KontorError
from app.api.reference import base_currency
from app.api.reports import show_report
from app.api.web import after_made, current_actor, current_session, note_card, show_list, show_refusal
from modules.contacts import tables
from modules.contacts.ageing import aged_items, ageing
from modules.contacts.agreed import said_of
from modules.contacts.conditions import ACTIONS, TERMS
from modules.contacts.contract_forms import ContractForm, CreditRuleForm, UnderForm
from modules.contacts.contract_models import STATES
from modules.contacts.contracts import change_contract, contract_by_id, create_contract, only_contract
from modules.contacts.credit import change_rule, rule_of
from modules.contacts.models import FINANCIAL
from modules.contacts.parties import contact_by_id
from modules.contacts.penalties.agreed import rate_words
from modules.contacts.routes.blueprint import routes


@routes.get("/contacts/contracts", needs="contacts.contract.view")
def contract_list() -> Any:
    """Contracts."""
    return show_list(tables.contracts)


@routes.get("/contacts/contracts/<int:contract_id>", needs="contacts.contract.view")
def contract_view(contract_id: int) -> Any:
    """A contract, and the ways to what is under it."""
    session = current_session()
    contract = contract_by_id(session, contract_id)
    note_card("contacts.contract", contract.id, contract.number)
    return render_template(
        "contacts/contract.html",
        contract=contract,
        contact=contact_by_id(session, contract.contact_id),
        states=STATES,
        terms=TERMS,
        actions=ACTIONS,
        rate_words=rate_words,
    )


@routes.form("/contacts/contracts/new", needs="contacts.contract.edit")
def contract_new() -> Any:
    """A new contract; `?contact=` says whose."""
    session = current_session()
    form = _form()
    if request.method == "GET":
        form.contact_id.data, form.currency.data = request.args.get("contact", type=int), base_currency(session)
    if form.validate_on_submit():
        try:
            contract = create_contract(session, current_actor(), **_given(form))
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Added."), "success")
            own = url_for("contacts.contract_view", contract_id=contract.id)
            return after_made(contract.id, contract.name, text=contract.number, otherwise=own)
    return render_template("form.html", form=form, title=_("New contract"), back=url_for("contacts.contract_list"))


@routes.form("/contacts/contracts/<int:contract_id>/edit", needs="contacts.contract.edit")
def contract_edit(contract_id: int) -> Any:
    """Change a contract; whose it is stays."""
    session = current_session()
    contract = contract_by_id(session, contract_id)
    form = _form(contract)
    form.leave_out("contact_id")
    if form.validate_on_submit():
        try:
            change_contract(session, current_actor(), contract, version=form.version.data, **_given(form))
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("contacts.contract_view", contract_id=contract_id))
    note_card("contacts.contract", contract.id, contract.number)
    back = url_for("contacts.contract_view", contract_id=contract_id)
    return render_template("form.html", form=form, title=contract.name, back=back)


@routes.get("/contacts/conditions/<use>", needs="contacts.contact.view", help=None)
def conditions(use: str) -> Any:
    """The part of a document's form that follows from its contact: the contracts to choose from, and what is agreed. `use` is
    what the document is: a sale, another charge, a return or a payment."""
    form = UnderForm(request.args)
    proposed = _propose_contract(form)
    says = list(said_of(current_session(), form, use))
    return render_template("contacts/contract_field.html", form=form, use=use, says=says, proposed=proposed)


@routes.form("/contacts/credit-control", needs="contacts.limit.edit", help="contract")
def limit_edit() -> Any:
    """What happens beyond credit limits, where neither contract nor contact says it."""
    session = current_session()
    rule = rule_of(session)
    form = CreditRuleForm(obj=rule)
    if form.validate_on_submit():
        try:
            change_rule(session, current_actor(), version=form.version.data, **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("contacts.limit_edit"))
    return render_template("form.html", form=form, title=_("Credit control"), back=None)


@routes.get("/contacts/ageing", needs="contacts.statement.view", help="ageing")
def ageing_list() -> Any:
    """How old debts are, at the end of a day."""
    return show_report(ageing)


@routes.get("/contacts/ageing/documents", needs="contacts.statement.view", help="ageing")
def aged_item_list() -> Any:
    """The documents that make a figure of the ageing."""
    return show_report(aged_items)


def _propose_contract(form: Any) -> dict[str, int]:
    """Choose the contract that a new document is likely under; what somebody has chosen stays, also none, until they choose
    another contact. Gives what was proposed to whom, which the form sends with its next question: only new ones do."""
    contact_id, asked = form.contact_id.data or 0, request.args
    if "proposed_to" not in asked:
        return {}
    proposed = asked.get("proposed", 0, type=int)
    if asked.get("proposed_to", type=int) != contact_id or (form.contract_id.data or 0) == proposed:
        session, moment = current_session(), form.moment.data or wall_clock()
        currency = form.currency.data or base_currency(session)
        chosen = only_contract(session, contact_id, currency=currency, day=moment.date()) if contact_id else None
        form.contract_id.data, proposed = chosen, chosen or 0
    return {"proposed_to": contact_id, "proposed": proposed}


def _form(contract: Any = None) -> Any:
    form = ContractForm(obj=contract)
    if not current_actor().sees(FINANCIAL["group"]):
        form.close("credit_limit")
    return form


def _given(form: Any) -> dict[str, Any]:
    """The form's values; a number of per cent or days that was left empty is zero."""
    values: dict[str, Any] = form.values()
    days = {name: values[name] or 0 for name in ("remind_days", "penalty_grace")}
    rates = {name: values[name] or Decimal(0) for name in ("prepayment", "penalty_rate")}
    return {**values, **days, **rates, "penalty_part": values["penalty_part"] or 1}
