"""The daily mail: who gets one, what it says, and how no second one goes out on the same day."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from email.message import EmailMessage
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from app.db import pieces, utc_now
from app.formats import day as day_in_words
from app.notifications.declaring import NotificationKind
from app.notifications.models import DailyMail, Notification
from app.notifications.queries import Shown, shown
from app.security import User

#: Entries of one mail; whoever has more reads them in the program.
MOST = 100

_WAITING = (Notification.is_mailed, Notification.mailed_at.is_(None))


def waiting_for_mail(session: Session) -> list[int]:
    """The ids of the users for whom something waits. Who can't be sent any mail by now finds it under the bell instead."""
    can_get = exists().where(User.id == Notification.user_id, User.email != "", User.is_active)
    has_mail = bool(session.info.get("has_mail"))
    lost = update(Notification).where(*_WAITING, *([~can_get] if has_mail else []))
    session.execute(lost.values(is_mailed=False, is_belled=True), execution_options={"synchronize_session": False})
    waiting = select(Notification.user_id).where(*_WAITING).distinct().order_by(Notification.user_id)
    return list(session.scalars(waiting))


def begin_mail(session: Session, user_id: int, day: date) -> list[Notification]:
    """What the user's mail of the day holds, written down as being sent; nothing when that day's is under way or has gone.

    Committed before the mail is handed over: of two that begin, one goes on, and if the program ends in the middle nobody
    begins again that day, as nobody knows whether it went out.
    """
    query = select(Notification).where(*_WAITING, Notification.user_id == user_id).order_by(Notification.id)
    waiting = list(session.scalars(query))
    if not waiting:
        return []
    again = update(DailyMail).where(DailyMail.user_id == user_id, DailyMail.day == day, DailyMail.state == "refused")
    values = {"state": "sending", "changed_at": utc_now()}
    if session.execute(again.values(**values)).rowcount:  # type: ignore[attr-defined]
        return waiting
    if session.get(DailyMail, (user_id, day)) is not None:
        return []
    session.add(DailyMail(user_id=user_id, day=day, state="sending"))
    session.flush()
    return waiting


def end_mail(
    session: Session,
    user_id: int,
    day: date,
    ids: Collection[int],
    *,
    left_out: Collection[int] = (),
    state: str = "sent",
) -> None:
    """The mail has gone out with these; what the bell doesn't show counts as read with it. Those that the mail `left_out` are
    shown by the bell."""
    now = utc_now()
    session.execute(_of(user_id, day).values(state=state, changed_at=now))
    unsynchronised: Any = {"synchronize_session": False}
    for some in pieces(sorted(left_out)):
        belled = update(Notification).where(Notification.id.in_(some))
        session.execute(belled.values(is_belled=True, mailed_at=now), execution_options=unsynchronised)
    for some in pieces(sorted({*ids} - {*left_out})):
        mailed = update(Notification).where(Notification.id.in_(some))
        session.execute(mailed.values(mailed_at=now), execution_options=unsynchronised)
        unseen = mailed.where(Notification.is_belled.is_(False), Notification.read_at.is_(None))
        session.execute(unseen.values(read_at=now), execution_options=unsynchronised)


def end_unknown(session: Session, user_id: int, day: date, ids: Collection[int]) -> None:
    """Nobody knows whether the mail with these has gone out: no other day's holds them again, and the bell shows them."""
    end_mail(session, user_id, day, ids, left_out=ids, state="unknown")


def end_cut_off(session: Session, user_id: int, day: date) -> bool:
    """The same of a mail of which only the row says that it was being sent; gives whether there is such a one."""
    row = session.get(DailyMail, (user_id, day))
    if row is None or row.state != "sending":
        return False
    held = select(Notification.id).where(
        *_WAITING, Notification.user_id == user_id, Notification.created_at <= row.changed_at
    )
    end_unknown(session, user_id, day, list(session.scalars(held)))
    return True


def end_cut_off_before(session: Session, day: date) -> None:
    """The same of all earlier days' mails that are still being sent by their rows: nobody is at them any more."""
    rows = select(DailyMail).where(DailyMail.state == "sending", DailyMail.day < day)
    for row in session.scalars(rows).all():
        end_cut_off(session, row.user_id, row.day)


def refuse_mail(session: Session, user_id: int, day: date) -> None:
    """The server has taken nothing, so the day's mail may be tried again."""
    session.execute(_of(user_id, day).values(state="refused", changed_at=utc_now()))


def write_mail(
    user: User,
    rows: Sequence[Notification],
    kinds: Mapping[str, NotificationKind],
    *,
    company: str,
    sender: str,
    site: str,
    day: date,
) -> EmailMessage | None:
    """The message, in the user's language; None when nothing of it is open to them any more. Links need to know the site."""
    with force_locale(user.locale or "en"):
        entries = [shown(row, kinds) for row in rows if row.kind in kinds]
        if not entries:
            return None
        title = _("%(company)s: what happened up to %(day)s", company=_one_line(company), day=day_in_words(day))
        body = _body(user, entries, site)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, user.email, title
    # The same for each try, so that a server on the way can leave out a second one.
    message["Message-ID"] = f"<kontor-{day:%Y%m%d}-{user.id}@{sender.rpartition('@')[2].strip('> ')}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence notice answers it
    message.set_content(body)
    return message


def beyond(rows: Sequence[Notification], kinds: Mapping[str, NotificationKind]) -> list[int]:
    """The ids of those for which the mail has no room."""
    return [row.id for row in rows if row.kind in kinds][MOST:]


def _body(user: User, entries: Sequence[Shown], site: str) -> str:
    lines = [_("Hello %(name)s,", name=user.name), ""]
    for entry in entries[:MOST]:
        lines += [f"• {entry.text}"] + ([f"  {site}{entry.link}"] if site and entry.link else [])
    if len(entries) > MOST:
        lines.append(_("… and %(n)s more, in the program.", n=len(entries) - MOST))
    lines += ["", _("You choose what comes by mail in the program, under My account.")]
    return "\n".join(lines) + "\n"


def _of(user_id: int, day: date) -> Any:
    return update(DailyMail).where(DailyMail.user_id == user_id, DailyMail.day == day)


def _one_line(text: str) -> str:
    return " ".join(text.split())
