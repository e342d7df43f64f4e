"""What of a model's rows is open to whom: to users by their scopes, to partners by what the model gives to them.

A partner is whoever one trades with, looking at what is theirs by a link or a sign-in of their own. They aren't users: every
model that has scopes is closed to them, unless it has a `visible_to_partner`.
"""

from typing import Any

from sqlalchemy import ColumnElement, false

from app.security.actor import Actor


def criterion_for(model: Any, actor: Actor) -> ColumnElement[bool] | None:
    """The SQL criterion of what `actor` may see of a model that has scopes; None when that is everything."""
    if not actor.partner:
        return model.visible_to(actor)  # type: ignore[no-any-return]
    given = getattr(model, "visible_to_partner", None)
    return false() if given is None else given(actor.partner)
