"""In whose books a form was opened: every form that writes says it, as whoever sends it may work in others' by then."""

from flask import g
from markupsafe import Markup


def opened_in() -> Markup:
    """A hidden field that says it, where there are several organisations."""
    own = g.actor.organisation if g.get("actor") is not None else None
    said = g.get("opened_in") or own
    return Markup('<input type="hidden" name="opened_in" value="{}">').format(said) if own else Markup()
