"""What a page says of a refusal: its words, and where one mends what is missing."""

from flask import g, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from app.errors import KontorError, NoRate


def refusal_words(error: KontorError) -> str:
    """The words of a refusal. Of a missing exchange rate with a link to enter it, in another window so that what was
    typed stays; for whoever may not, with whom to ask."""
    if not isinstance(error, NoRate):
        return str(error)
    actor = g.get("actor")
    if actor is None or not actor.may("core.rate.edit"):
        whom: str = _("Ask an accountant or a manager to enter it.")
        return f"{error} {whom}"
    address = url_for("core.rate_new", currency=error.currency, day=error.day.isoformat())
    link = Markup('{} <a href="{}" target="_blank">{}</a>')
    return link.format(str(error), address, _("Enter the rate"))
