"""The form of a record that can be changed, or removed by a button beside Save."""

from collections.abc import Callable
from typing import Any

from flask import flash, request
from flask_babel import gettext as _

from app.errors import KontorError
from app.web.kit.comparison import show_refusal
from app.web.kit.forms import Form


def changed_or_removed(form: Form, *, change: Callable[..., Any], remove: Callable[..., Any]) -> bool:
    """Whether what was sent is done, which is then said on the next page; otherwise the form shows what was refused.

    `change` gets the form's values and the `version` that was seen, `remove`, which `then=remove` asks for, the version alone.
    """
    if not form.validate_on_submit():
        return False
    is_removal = request.form.get("then") == "remove"
    try:
        if is_removal:
            remove(version=form["version"].data)
        else:
            change(version=form["version"].data, **form.values())
    except KontorError as error:
        show_refusal(form, error)
        return False
    flash(_("Removed.") if is_removal else _("Saved."), "success")
    return True
