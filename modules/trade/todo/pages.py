"""The page of what a salesperson has to do."""

from typing import Any

from flask import render_template, request

from app.api.web import current_actor, current_session
from modules.trade.blueprint import routes
from modules.trade.todo.queries import parts


@routes.get("/trade/to-do", needs="trade.todo.view", help="trade.todo")
def todo_list() -> Any:
    """One's own; `?of=all` everybody's, as far as that is open to the actor."""
    session, actor, is_all = current_session(), current_actor(), request.args.get("of") == "all"
    found = list(parts(session, actor, is_all=is_all))
    may_see_all = any(actor.scope(f"trade.{noun}") in ("team", "all") for noun in ("quote", "sales_order", "sale"))
    return render_template("trade/todo.html", parts=found, is_all=is_all, may_see_all=may_see_all)
