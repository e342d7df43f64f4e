"""Keeping what is typed: the routes that a form's page calls, what it shows of it, and the form filled in again."""

from typing import Any, cast

from flask import before_render_template, current_app, g, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from app.clock import on_the_wall
from app.db import utc_now
from app.errors import Invalid
from app.translation import lazy_gettext as _l
from app.web.core import routes
from app.web.edge.kept import LONGEST_ADDRESS, KeptForm, discard, keep, kept_at, kept_forms, read_fields
from app.web.edge.opened_in import opened_in
from app.web.edge.request import Kontor, current_actor, current_session, form_address, is_open
from app.web.edge.routing import ANY, PUBLIC
from app.web.kit.forms import Form


@routes.post("/kept", needs=ANY)
def kept_new() -> Any:
    """Keep a form's fields for whoever typed them. Refused (Invalid): an address that isn't a form open to them."""
    address = request.form.get("address", "")
    if not _is_open_form(address):
        raise Invalid(_l("There is no such form."))
    now = utc_now()
    fields = read_fields(request.form.get("fields", ""))
    keep(current_session(), _me(), address=address, title=request.form.get("title", ""), fields=fields, now=now)
    return {"words": _("Saved %(time)s", time=f"{on_the_wall(now):%H:%M}")}


@routes.post("/kept/discard", needs=ANY)
def kept_discard() -> Any:
    """Keep a form no longer; back to its page (`then=open`), or home."""
    address = request.form.get("address", "")
    if address.isprintable():  # no other is ever kept
        discard(current_session(), _me(), address, _plain(request.form.get("operation", "")))
    is_shown = request.form.get("then") == "open" and _is_open_form(address)
    return redirect(address if is_shown else url_for("core.home"))


def install(app: Kontor) -> None:
    """Let templates ask what is kept, and fill in a form whose address asks for what was kept (`?kept=1`)."""
    app.jinja_env.globals.update(
        kept_here=kept_here, kept_all_here=kept_all_here, form_address=form_address, opened_in=opened_in
    )
    app.jinja_env.filters["on_the_wall"] = on_the_wall
    before_render_template.connect(_fill_in, app)


def kept_all_here() -> list[KeptForm]:
    """What is kept for the form of this page, one for each act, the newest first. Nothing is offered on a form that came back
    refused: it shows it all."""
    if request.method != "GET" or g.get("actor") is None:
        return []
    if "kept_here" not in g:
        g.kept_here = kept_at(current_session(), _me(), form_address())
    found: list[KeptForm] = g.kept_here
    return found


def kept_here() -> KeptForm | None:
    """Of these, the one that the address asks for, or else the newest."""
    found, wanted = kept_all_here(), request.args.get("kept", "1")
    return next((kept for kept in found if kept.operation == wanted), found[0] if found and wanted == "1" else None)


def unfinished_work() -> list[KeptForm]:
    """What somebody has typed in forms that are still open to them, and not sent, the newest first."""
    return [kept for kept in kept_forms(current_session(), _me()) if _is_open_form(kept.address)]


def _fill_in(_app: Any, context: dict[str, Any], **_rest: Any) -> None:
    """Read the page's form again from what was kept; nothing is checked yet. It stays the same act: a form that was
    sent after all makes no second document."""
    form = context.get("form")
    if not isinstance(form, Form) or not request.args.get("kept") or (kept := kept_here()) is None:
        return
    fields = MultiDict(kept.pairs)
    form.process(fields)
    context["operation"] = fields.get("operation") or context.get("operation")
    g.opened_in = fields.get("opened_in")


def _is_open_form(address: str) -> bool:
    """Whether the address is that of a form of ours which the actor may open."""
    if not address.startswith("/") or not address.isprintable() or len(address) > LONGEST_ADDRESS:
        return False
    ours, path = current_app.url_map.bind(""), address.partition("?")[0]
    try:
        endpoint, _values = ours.match(path, method="POST")
        shown, _values = ours.match(path, method="GET")
    except HTTPException:
        return False
    needs = cast(Kontor, current_app).needs[endpoint]
    return endpoint == shown and needs != PUBLIC and is_open(endpoint)


def _plain(text: str) -> str:
    """A text that a database can look for."""
    return text if text.isprintable() else ""


def _me() -> int:
    user_id = current_actor().user_id
    assert user_id is not None
    return user_id
