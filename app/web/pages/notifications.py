"""The bell: what one was notified of, marking it as read, and choosing what comes how."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.errors import KontorError
from app.notifications import Channel, NotificationKind, mark_all_read, mark_read, set_channels
from app.notifications.queries import Shown, chosen_channels, latest_notifications, open_kinds, unread_count
from app.translation import lazy_gettext as _l
from app.web.core import routes
from app.web.edge.request import current_actor, current_company, current_session
from app.web.edge.routing import ANY

#: Shown below the bell, and on a page.
FEW, PAGE = 8, 50

#: what the channels are called
CHANNEL_TITLES: dict[Channel, object] = {
    "bell": _l("bell"),
    "mail": _l("daily mail"),
    "both": _l("bell and daily mail"),
    "off": _l("not at all"),
}


@routes.get("/notifications", needs=ANY)
def notification_list() -> Any:
    """All that the bell has for oneself, the newest first."""
    before = request.args.get("before", type=int)
    shown = _latest(PAGE + 1, before=before if before is not None and before < 2**63 else None)
    following = shown[PAGE - 1].id if len(shown) > PAGE else None
    return render_template("notifications.html", notifications=shown[:PAGE], following=following)


@routes.get("/notifications/panel", needs=ANY, help=None)
def notification_panel() -> Any:
    """The newest, as they stand below the bell."""
    return _panel(g.unread)


@routes.post("/notifications/<int:notification_id>/open", needs=ANY)
def notification_open(notification_id: int) -> Any:
    """Mark one as read, and go where it leads."""
    found = mark_read(current_session(), current_actor(), notification_id)
    is_open = found.kind in _kinds() and found.link
    return redirect(found.link if is_open else url_for("core.notification_list"))


@routes.post("/notifications/<int:notification_id>/read", needs=ANY)
def notification_read(notification_id: int) -> Any:
    """Mark one as read, and stay."""
    mark_read(current_session(), current_actor(), notification_id)
    return _after_reading()


@routes.post("/notifications/read", needs=ANY)
def notification_read_all() -> Any:
    """Mark as read whatever was shown, and what is older."""
    up_to = request.form.get("up_to", type=int)
    mark_all_read(current_session(), current_actor(), up_to=up_to if up_to is not None and up_to < 2**63 else None)
    return _after_reading()


@routes.post("/account/notifications", needs=ANY)
def notification_channels() -> Any:
    """Choose which kinds come how."""
    kinds = _kinds()
    wanted = {name: request.form[name] for name in kinds if name in request.form}
    try:
        set_channels(current_session(), current_actor(), kinds.values(), wanted)
    except KontorError as error:
        current_session().rollback()
        flash(str(error), "error")
    else:
        flash(_("Saved."), "success")
    return redirect(url_for("core.account") + "#notifications")


def channel_choices() -> list[tuple[NotificationKind, Channel]]:
    """For the account page: each kind for which the user may choose, with the channel that holds."""
    kinds = {name: kind for name, kind in _kinds().items() if not kind.is_fixed}
    chosen = chosen_channels(current_session(), current_actor(), kinds)
    return [(kind, chosen[name]) for name, kind in kinds.items()]


def _after_reading() -> Any:
    if "HX-Request" not in request.headers:
        return redirect(url_for("core.notification_list"))
    return _panel(unread_count(current_session(), current_actor()), is_changed=True)


def _panel(unread: int, *, is_changed: bool = False) -> Any:
    shown = _latest(FEW)
    return render_template("notification_panel.html", notifications=shown, unread=unread, is_changed=is_changed)


def _latest(count: int, *, before: int | None = None) -> list[Shown]:
    return latest_notifications(current_session(), current_actor(), _kinds(), count=count, before=before)


def _kinds() -> dict[str, NotificationKind]:
    return open_kinds(current_company().contributed("notifications", NotificationKind), current_actor())
