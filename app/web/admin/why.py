"""Why a user can see a record, or can't: asked from the record's own page, by whoever manages roles."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.access.why import model_of, why
from app.documents import Document
from app.errors import NotFound
from app.security import User
from app.web.admin.recorded import noun_word
from app.web.core import routes
from app.web.edge.request import current_company, current_session
from app.web.kit.seeing import note_card


@routes.get("/admin/why", needs="core.role.manage", help="why")
def why_view() -> Any:
    """A user, a record, and the answer. Refused: a record that isn't open to whoever asks."""
    session, company = current_session(), current_company()
    noun, number = request.args.get("noun", ""), request.args.get("record", 0, type=int)
    model = model_of(noun)
    record = session.get(model, number) if number else _called(session, model, noun, request.args.get("called", ""))
    if record is None and "called" in request.args:
        flash(_("There is no such record, or it isn't open to you."), "error")
        return redirect(url_for("core.user_edit", user_id=request.args.get("user", 0, type=int)))
    if record is None:
        raise NotFound
    number = record.id
    users = session.scalars(select(User).where(User.is_active).order_by(User.name_order)).all()
    user = session.get(User, request.args.get("user", 0, type=int))
    called = getattr(record, "name", None) or getattr(record, "number", None) or f"#{number}"
    note_card(noun, number, called)
    answer = why(session, company, user, noun, number) if user is not None else None
    shown = {"noun": noun, "number": number, "called": called, "users": users, "chosen": user, "answer": answer}
    return render_template("admin/why.html", **shown)


def _called(session: Session, model: Any, noun: str, text: str) -> Any:
    """The record of a noun with this number, code or name, as far as it is open to whoever asks."""
    names = [getattr(model, key) for key in ("number", "code", "name") if hasattr(model, key)]
    query = select(model).where(or_(*(name == text.strip() for name in names)))
    if model is Document:
        query = query.where(Document.kind == noun)
    return session.scalars(query.order_by(model.id).limit(1)).first() if names and text.strip() else None


def nouns_asked() -> list[tuple[str, str]]:
    """Kinds of records of which it can be asked from a user's page: those that have a number, code or name."""
    found = {}
    for manifest in current_company().manifests():
        for noun in manifest.nouns:
            model = model_of(noun.name)
            if any(hasattr(model, key) for key in ("number", "code", "name")):
                found[noun.name] = noun_word(noun.name)
    return sorted(found.items(), key=lambda each: each[1])
