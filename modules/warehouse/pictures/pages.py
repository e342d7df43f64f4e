"""Pictures of items: sending them by a file, a drop or the phone's camera, and what is shown of them."""

import io
from typing import Any

from flask import flash, make_response, redirect, request, url_for
from flask_babel import gettext as _

from app.api.errors import Invalid, KontorError, NotFound
from app.api.files import store
from app.api.web import current_actor, current_company, current_session
from modules.warehouse.blueprint import routes
from modules.warehouse.items import item_by_id
from modules.warehouse.pictures.operations import EDIT, MOST, add_pictures, choose_main, picture_by_id, remove_picture
from modules.warehouse.pictures.shrinking import MOST_BYTES, shrink

_ONE = "/warehouse/items/<int:item_id>/pictures"
#: bytes that are sent at once
MOST_SENT = 100 << 20


@routes.post(_ONE, needs=EDIT, takes=MOST_SENT, self_committing=True)
def item_picture_add(item_id: int) -> Any:
    """Add pictures: each is made again first, so where one is refused nothing is stored of any."""
    company, actor = current_company(), current_actor()
    item_by_id(current_session(), item_id)
    sent = [file for file in request.files.getlist("picture") if file.filename]
    try:
        if not sent:
            raise Invalid(_("Choose a picture."))
        if len(sent) > MOST:
            raise Invalid(_("An item has at most %(n)d pictures.", n=MOST))
        read = [(file.filename or "", file.read(MOST_BYTES + 1)) for file in sent]
        shrunk = [shrink(data) for _name, data in read]
        stored = [store(company.config.data_dir, io.BytesIO(data)) for _name, data in read]
        pictures = list(zip((name for name, _data in read), stored, shrunk, strict=True))
        company.database.run(lambda session: add_pictures(session, actor, item_id, pictures), actor=actor)
    except NotFound:
        raise
    except KontorError as error:
        flash(str(error), "error")
    else:
        flash(_("Added."), "success")
    return redirect(url_for("warehouse.item_pictures", item_id=item_id))


@routes.post(f"{_ONE}/<int:picture_id>", needs=EDIT)
def item_picture_change(item_id: int, picture_id: int) -> Any:
    """Choose a picture as the main one, or (`then=remove`) remove it."""
    session, actor = current_session(), current_actor()
    picture = picture_by_id(session, item_id, picture_id)
    is_removal = request.form.get("then") == "remove"
    (remove_picture if is_removal else choose_main)(session, actor, picture)
    flash(_("Removed.") if is_removal else _("Saved."), "success")
    return redirect(url_for("warehouse.item_pictures", item_id=item_id))


@routes.get(f"{_ONE}/<int:picture_id>/<size>", needs="warehouse.item.view", help=None)
def item_picture(item_id: int, picture_id: int, size: str) -> Any:
    """What is shown of a picture: always WebP of our own making."""
    picture = picture_by_id(current_session(), item_id, picture_id)
    if size not in ("small", "large"):
        raise NotFound
    answer = make_response(picture.small if size == "small" else picture.large)
    answer.headers["Content-Type"] = "image/webp"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"  # a picture never changes
    return answer
