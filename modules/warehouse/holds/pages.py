"""The pages of holds and releases, and of what is held back."""

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from app.api.errors import KontorError
from app.api.web import current_actor, current_session, declare_pages, refusal_words, show_list
from modules.warehouse.blueprint import routes
from modules.warehouse.holds import HOLD, RELEASE, tables
from modules.warehouse.holds.forms import HoldForm
from modules.warehouse.holds.kinds import HELD, RELEASED
from modules.warehouse.holds.operations import release_all

declare_pages(routes, HELD, table=tables.holds, form=HoldForm, buttons="warehouse/hold_buttons.html")
declare_pages(routes, RELEASED, table=tables.releases, form=HoldForm)


@routes.get("/warehouse/held", needs=f"{HOLD}.view", help="hold")
def held_list() -> Any:
    """What is held back, why, and since when."""
    return show_list(tables.held)


@routes.post("/warehouse/holds/<int:document_id>/release-all", needs=f"{RELEASE}.post")
def hold_release_all(document_id: int) -> Any:
    """Release all that a hold still keeps."""
    try:
        release = release_all(current_session(), current_actor(), document_id)
    except KontorError as error:
        flash(refusal_words(error), "error")
    else:
        flash(_("%(number)s is posted: the goods are free.", number=release.number), "success")
    return redirect(url_for("warehouse.hold_view", document_id=document_id))
