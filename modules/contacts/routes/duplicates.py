"""Contacts that may be one and the same: the page of pairs, and what is shown while one types."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.api.jobs import enqueue_single
from app.api.security import record
from app.api.web import current_actor, current_session
from modules.contacts.duplicates import JOB, WHY, alike, call_distinct, pairs_shown
from modules.contacts.routes.blueprint import routes

#: what is asked for while one types
_TYPED = ("name", "country", "phone", "email", "tax_id")


@routes.get("/contacts/duplicates", needs="contacts.contact.merge")
def duplicate_list() -> Any:
    """Pairs of contacts that may be one, the likeliest first."""
    session = current_session()
    pairs = pairs_shown(session)
    record(session, "contacts.contact.compare", summary=f"{len(pairs)}")
    return render_template("contacts/duplicates.html", pairs=pairs, why=WHY)


@routes.post("/contacts/duplicates/find", needs="contacts.contact.merge")
def duplicate_find() -> Any:
    """Look for pairs among all contacts, in the background."""
    enqueue_single(current_session(), current_actor(), JOB)
    flash(_("Looking for duplicates. Open this page again in a moment."), "success")
    return redirect(url_for("contacts.duplicate_list"))


@routes.post("/contacts/duplicates/<int:pair_id>/distinct", needs="contacts.contact.merge")
def duplicate_distinct(pair_id: int) -> Any:
    """Remember that the two are two."""
    call_distinct(current_session(), current_actor(), pair_id)
    flash(_("Remembered: they are two."), "success")
    return redirect(url_for("contacts.duplicate_list"))


@routes.get("/contacts/alike/<kind>", needs="contacts.contact.edit", help=None)
def duplicate_alike(kind: str) -> Any:
    """Whom what is typed may mean, shown beside the form."""
    typed = {name: request.args.get(name, "").replace("\0", "")[:200] for name in _TYPED}
    found = alike(current_session(), kind, typed)
    return render_template("contacts/alike.html", found=found, why=WHY)
