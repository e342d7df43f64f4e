"""Pages of prices: types and the prices in them, what is agreed with contacts, discounts, decisions, changes of many prices."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.api.clock import wall_clock
from app.api.errors import KontorError, NotFound
from app.api.reference import base_currency
from app.api.web import current_actor, current_session, named, send_pdf, send_workbook, show_list, show_refusal
from modules.contacts.api import Folder, contact_by_id
from modules.trade.blueprint import routes
from modules.trade.pricing import agreeing, policy, runs, types
from modules.trade.pricing.forms import (
    AgreedPriceForm,
    AgreementForm,
    DiscountForm,
    FolderAgreementForm,
    GroupMarginForm,
    ItemPriceForm,
    PricePolicyForm,
    PriceRunForm,
    PriceTypeForm,
)
from modules.trade.pricing.known import known_prices
from modules.trade.pricing.models import FORMULAS, AgreedPrice, ItemPrice, PriceType
from modules.trade.pricing.printing import price_list_pdf, price_list_workbook
from modules.trade.pricing.tables import discounts, price_runs, price_types, prices_of
from modules.warehouse.api import ItemGroup

VIEW, EDIT = "trade.price.view", "trade.price.edit"


def _saved(form: Any, act: Callable[[], Any], *, message: Any = None) -> bool:
    """Whether a form was sent and what it asks for done; a refusal is shown in it."""
    if not form.validate_on_submit():
        return False
    try:
        act()
        current_session().flush()
    except KontorError as error:
        show_refusal(form, error)
        return False
    flash(message or _("Saved."), "success")
    return True


def _is_removing() -> bool:
    return request.form.get("then") == "remove"


@routes.get("/trade/price-types", needs=VIEW, help="price")
def price_type_list() -> Any:
    """Price types."""
    return show_list(price_types)


@routes.get("/trade/price-types/<int:type_id>", needs=VIEW, help="price")
def price_type_view(type_id: int) -> Any:
    """A price type: its typed prices, and the whole list as a file (`?list=pdf`, `?list=xlsx`)."""
    session = current_session()
    kind = types.type_by_id(session, type_id)
    name = named(kind.name, wall_clock().date())
    if request.args.get("list") == "pdf":
        return send_pdf(price_list_pdf(session, kind), name)
    if request.args.get("list") == "xlsx":
        return send_workbook(price_list_workbook(session, kind), name)
    base = types.type_by_id(session, kind.base_id) if kind.base_id is not None else None
    return show_list(prices_of(type_id), list_template="trade/price_type.html", kind=kind, formulas=FORMULAS, base=base)


@routes.form("/trade/price-types/new", needs=EDIT, help="price")
def price_type_new() -> Any:
    """A new price type."""
    form = PriceTypeForm()
    form.leave_out("prices")
    if request.method == "GET":
        form.currency.data = base_currency(current_session())
    if _saved(
        form, lambda: types.create_type(current_session(), current_actor(), **form.values()), message=_("Added.")
    ):
        return redirect(url_for("trade.price_type_list"))
    return render_template("form.html", form=form, title=_("New price type"), back=url_for("trade.price_type_list"))


@routes.form("/trade/price-types/<int:type_id>/edit", needs=EDIT, help="price")
def price_type_edit(type_id: int) -> Any:
    """Change a price type, or (`then=remove`) remove it with its prices."""
    session, actor = current_session(), current_actor()
    kind = types.type_by_id(session, type_id)
    form = PriceTypeForm(obj=kind)

    def act() -> None:
        if _is_removing():
            types.remove_type(session, actor, kind)
        else:
            types.change_type(session, actor, kind, version=form.version.data, **form.values())

    back = url_for("trade.price_type_view", type_id=type_id)
    if _saved(form, act, message=_("Removed.") if _is_removing() else None):
        return redirect(url_for("trade.price_type_list") if _is_removing() else back)
    confirm = _("Remove this price type with all its prices?")
    return render_template("trade/price_form.html", form=form, title=kind.name, back=back, confirm_remove=confirm)


@routes.form("/trade/item-prices/new", needs=EDIT, help="price")
def item_price_new() -> Any:
    """A new price; `?type=` and `?item=` say of what."""
    form = ItemPriceForm()
    if request.method == "GET":
        form.type_id.data, form.item_id.data = (request.args.get(name, type=int) for name in ("type", "item"))
        form.since.data = wall_clock().date()
    if _saved(form, lambda: _set_price(form), message=_("Added.")):
        return redirect(url_for("trade.price_type_view", type_id=form.type_id.data))
    return render_template("form.html", form=form, title=_("New price"), back=url_for("trade.price_type_list"))


@routes.form("/trade/item-prices/<int:price_id>", needs=EDIT, help="price")
def item_price_edit(price_id: int) -> Any:
    """Change a price, or (`then=remove`) remove it."""
    session = current_session()
    row = session.get(ItemPrice, price_id)
    if row is None:
        raise NotFound
    form, type_id = ItemPriceForm(obj=row), row.type_id
    form.price.currency = types.type_by_id(session, type_id).currency
    form.leave_out("type_id", "item_id", "since", "from_quantity")

    def act() -> None:
        if _is_removing():
            types.remove_price(session, current_actor(), row)
        else:
            of: dict[str, Any] = {"item_id": row.item_id, "since": row.since, "from_quantity": row.from_quantity}
            kind = types.type_by_id(session, type_id)
            types.set_price(session, current_actor(), kind, price=form.price.data, **of)

    title, back = row.item.name, url_for("trade.price_type_view", type_id=type_id)
    if _saved(form, act, message=_("Removed.") if _is_removing() else None):
        return redirect(back)
    return render_template(
        "trade/price_form.html", form=form, title=title, back=back, confirm_remove=_("Remove this price?")
    )


def _set_price(form: Any) -> None:
    values = form.values()
    kind = types.type_by_id(current_session(), values.pop("type_id") or 0)
    types.set_price(current_session(), current_actor(), kind, **values)


@routes.post("/trade/contacts/<int:contact_id>/prices", needs=EDIT)
def agreement_set(contact_id: int) -> Any:
    """Say which price type a contact has, or (`contract`) documents under one of its contracts, and what is off it."""
    form, contract_id = AgreementForm(), request.form.get("contract", type=int)
    values = form.values() if form.validate_on_submit() else {}
    if form.errors:
        flash(next(str(error) for errors in form.errors.values() for error in errors), "error")
    else:
        of: dict[str, Any] = {"contact_id": contact_id, "contract_id": contract_id}
        _flashed(lambda: agreeing.agree(current_session(), current_actor(), **of, **values))
    return redirect(url_for("trade.contact_prices", contact_id=contact_id))


def _flashed(act: Callable[[], Any]) -> None:
    """Do what an act of one button asks; a refusal is shown above the next page, and nothing is kept of it."""
    try:
        act()
        current_session().flush()
    except NotFound:
        raise
    except KontorError as error:
        current_session().rollback()
        flash(str(error), "error")
    else:
        flash(_("Saved."), "success")


@routes.form("/trade/agreed-prices/new", needs=EDIT, help="price")
def agreed_price_new() -> Any:
    """A special price; `?contact=` says whose."""
    form, session = AgreedPriceForm(), current_session()
    if request.method == "GET":
        form.contact_id.data, form.currency.data = request.args.get("contact", type=int), base_currency(session)
        form.since.data = wall_clock().date()
    if _saved(form, lambda: agreeing.add_agreed_price(session, current_actor(), **form.values()), message=_("Added.")):
        return redirect(url_for("trade.contact_prices", contact_id=form.contact_id.data))
    return render_template("form.html", form=form, title=_("New special price"), back=None)


@routes.post("/trade/agreed-prices/<int:price_id>/remove", needs=EDIT)
def agreed_price_remove(price_id: int) -> Any:
    """Remove a special price."""
    session = current_session()
    row = session.get(AgreedPrice, price_id)
    if row is None:
        raise NotFound
    contact_id = contact_by_id(session, row.contact_id).id
    _flashed(lambda: agreeing.remove_agreed_price(session, current_actor(), row))
    return redirect(url_for("trade.contact_prices", contact_id=contact_id))


@routes.get("/trade/discounts", needs=VIEW, help="discount")
def discount_list() -> Any:
    """Discounts that whoever buys gets."""
    return show_list(discounts)


@routes.form("/trade/discounts/new", needs=EDIT, help="discount")
def discount_new() -> Any:
    """A new discount."""
    form = DiscountForm()
    if _saved(
        form, lambda: policy.create_rule(current_session(), current_actor(), **form.values()), message=_("Added.")
    ):
        return redirect(url_for("trade.discount_list"))
    return render_template("form.html", form=form, title=_("New discount"), back=url_for("trade.discount_list"))


@routes.form("/trade/discounts/<int:rule_id>", needs=EDIT, help="discount")
def discount_edit(rule_id: int) -> Any:
    """Change a discount, or (`then=remove`) remove it."""
    session, actor = current_session(), current_actor()
    rule = policy.rule_by_id(session, rule_id)
    form, title = DiscountForm(obj=rule), rule.name

    def act() -> None:
        if _is_removing():
            policy.remove_rule(session, actor, rule)
        else:
            policy.change_rule(session, actor, rule, version=form.version.data, **form.values())

    back = url_for("trade.discount_list")
    if _saved(form, act, message=_("Removed.") if _is_removing() else None):
        return redirect(back)
    return render_template(
        "trade/price_form.html", form=form, title=title, back=back, confirm_remove=_("Remove this discount?")
    )


@routes.form("/trade/price-policy", needs=EDIT, help="discount")
def price_policy_edit() -> Any:
    """What is decided about prices: by the organisation, of a folder of contacts, of a group of items (`then=`)."""
    session, actor = current_session(), current_actor()
    decided, then = policy.policy_of(session), request.form.get("then")
    form = PricePolicyForm(obj=decided, formdata=_sent(then is None))
    folder_form, group_form = (
        FolderAgreementForm(formdata=_sent(then == "folder")),
        GroupMarginForm(formdata=_sent(then == "group")),
    )
    folder_form.type_id.id = "folder-type-id"  # the form above has a type of prices, too

    def act() -> None:
        if then == "folder":
            agreeing.agree_for_folder(session, actor, **_with(folder_form.values(), "folder_id"))
        elif then == "group":
            policy.set_group_margin(session, actor, **_with(group_form.values(), "group_id"))
        else:
            policy.change_policy(session, actor, version=form.version.data, **form.values())

    sent = {"folder": folder_form, "group": group_form}.get(then or "", form)
    if _saved(sent, act):
        return redirect(url_for("trade.price_policy_edit"))
    known = known_prices(session)
    folders = [(session.get(Folder, i), row, known.types.get(row.type_id)) for i, row in known.of_folders.items()]
    margins = [(session.get(ItemGroup, i), least) for i, least in known.least_of_groups.items()]
    return render_template(
        "trade/price_policy.html",
        form=form,
        title=_("Rules of prices"),
        folder_form=folder_form,
        group_form=group_form,
        folders=folders,
        margins=margins,
        back=None,
    )


def _sent(is_this: bool) -> Any:
    """What was sent, where it was meant for this form of several."""
    return request.form if is_this and request.method == "POST" else None


def _with(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The values of a form; a record that wasn't chosen is none."""
    return {**values, name: values[name] or 0}


@routes.get("/trade/price-runs", needs=EDIT, help="price_run")
def price_run_list() -> Any:
    """Changes of many prices."""
    return show_list(price_runs)


@routes.form("/trade/price-runs/new", needs=EDIT, help="price_run")
def price_run_new() -> Any:
    """What prices would become, old and new beside each other; and (`then=change`) changing them."""
    session, actor = current_session(), current_actor()
    form = PriceRunForm()
    changes: list[runs.Change] | None = None
    wanted: runs.Wanted | None = None  # what is changed is what was shown
    if request.method == "GET":
        form.type_id.data, form.since.data = request.args.get("type", type=int), wall_clock().date()
    elif form.validate_on_submit():
        values = form.values()
        wanted = runs.Wanted(**{**values, **{n: values[n] or Decimal(0) for n in ("step", "ending")}})
        try:
            if request.form.get("then") == "change" and request.form.get("seen") == str(wanted):
                run = runs.change_prices(session, actor, wanted)
                flash(_("Prices are changed."), "success")
                return redirect(url_for("trade.price_run_view", run_id=run.id))
            changes = runs.planned(session, actor, wanted)
        except KontorError as error:
            show_refusal(form, error)
    kind = session.get(PriceType, form.type_id.data) if form.type_id.data else None
    currency = kind.currency if kind is not None else base_currency(session)
    return render_template(
        "trade/price_run_form.html",
        form=form,
        title=_("Change prices"),
        back=url_for("trade.price_run_list"),
        changes=changes,
        seen=wanted,
        currency=currency,
    )


@routes.get("/trade/price-runs/<int:run_id>", needs=EDIT, help="price_run")
def price_run_view(run_id: int) -> Any:
    """What a run changed."""
    session = current_session()
    run = runs.run_by_id(session, run_id)
    return render_template(
        "trade/price_run.html", run=run, lines=runs.lines_of(session, run), can_undo=runs.is_last(session, run)
    )


@routes.post("/trade/price-runs/<int:run_id>/undo", needs=EDIT)
def price_run_undo(run_id: int) -> Any:
    """Take the last run back."""
    run = runs.run_by_id(current_session(), run_id)
    _flashed(lambda: runs.undo_run(current_session(), current_actor(), run))
    return redirect(url_for("trade.price_run_view", run_id=run_id))
