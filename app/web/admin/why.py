"""Why a user can see a record, or can't: asked from the record's own page, by whoever manages roles."""

from typing import Any

from flask import render_template, request
from sqlalchemy import select

from app.access.why import model_of, why
from app.errors import NotFound
from app.security import User
from app.web.core import routes
from app.web.edge.request import current_company, current_session
from app.web.kit.seeing import note_card


@routes.get("/admin/why", needs="core.role.manage", help="why")
def why_view() -> Any:
    """A user, a record, and the answer. Refused: a record that isn't open to whoever asks."""
    session, company = current_session(), current_company()
    noun, number = request.args.get("noun", ""), request.args.get("record", 0, type=int)
    record = session.get(model_of(noun), number)
    if record is None:
        raise NotFound
    users = session.scalars(select(User).where(User.is_active).order_by(User.name_order)).all()
    user = session.get(User, request.args.get("user", 0, type=int))
    called = getattr(record, "name", None) or getattr(record, "number", None) or f"#{number}"
    note_card(noun, number, called)
    answer = why(session, company, user, noun, number) if user is not None else None
    shown = {"noun": noun, "number": number, "called": called, "users": users, "chosen": user, "answer": answer}
    return render_template("admin/why.html", **shown)
