"""Forms that keep themselves: what somebody typed and hasn't sent yet, by the address of the form and the number of the act
that it is. Knows no request."""

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, delete, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db import Base, Id
from app.errors import Invalid
from app.texts import shortened
from app.translation import lazy_gettext as _l

#: bytes of one form's fields, and forms of one user; above it the oldest goes
MOST_BYTES, MOST_FORMS = 200_000, 50
#: what nobody came back to
LASTS = timedelta(days=30)
LONGEST_ADDRESS, LONGEST_TITLE, LONGEST_OPERATION = 500, 200, 60

Fields = list[tuple[str, str]]


class TooLong(Invalid):
    """More than is kept of one form."""

    status = 413


class KeptForm(Base):
    """What a user has typed in a form and not sent. Theirs alone: nobody else is ever shown it."""

    audited_as = ""

    __tablename__ = "core_kept_form"
    __table_args__ = (UniqueConstraint("user_id", "address", "operation"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("core_user.id", ondelete="CASCADE"))
    #: path and query of the form's page
    address: Mapped[str] = mapped_column(String(LONGEST_ADDRESS))
    #: the number hidden in forms that make something once: two tabs with the same form are two acts; empty in others
    operation: Mapped[str] = mapped_column(String(LONGEST_OPERATION), default="")
    #: what the page was called
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    #: a JSON list of pairs, name and value, in the form's order
    fields: Mapped[str] = mapped_column(Text)
    #: UTC
    saved_at: Mapped[datetime]

    @property
    def pairs(self) -> Fields:
        """The fields, as a browser would send them."""
        return [(name, value) for name, value in json.loads(self.fields)]

    @property
    def restored(self) -> str:
        """The address that shows the form with what was typed."""
        return f"{self.address}{'&' if '?' in self.address else '?'}kept={self.operation or 1}"


def read_fields(text: str) -> Fields:
    """The fields that a page sends as JSON, without what may not be kept.

    Refused (Invalid): whatever isn't a list of pairs of texts.
    """
    try:
        pairs = [(name, value) for name, value in json.loads(text)]
    except (ValueError, TypeError, RecursionError):
        pairs = [(None, None)]
    if not all(isinstance(part, str) for pair in pairs for part in pair):
        raise Invalid(_l("The form arrived incomplete."))
    return [(_clean(name), _clean(value)) for name, value in pairs if not _is_secret(name)]


def keep(session: Session, user_id: int, *, address: str, title: str, fields: Fields, now: datetime) -> None:
    """Keep a form in place of what was kept of the same act, or for its address where it has no number. `now`: UTC.

    Refused (TooLong): more than `MOST_BYTES`.
    """
    text = json.dumps(fields, ensure_ascii=False)
    if len(text.encode()) > MOST_BYTES:
        raise TooLong(_l("This is too long to be kept. Save it."))
    operation = operation_of(fields)
    kept = session.scalars(_same(select(KeptForm), user_id, address, operation)).first()
    if kept is None:
        _make_room(session, user_id, now)
        kept = KeptForm(user_id=user_id, operation=operation)
        session.add(kept)
    kept.address, kept.title, kept.fields, kept.saved_at = address, shortened(_clean(title), LONGEST_TITLE), text, now
    session.flush()


def discard(session: Session, user_id: int, address: str, operation: str = "") -> None:
    """Keep it no longer. Where nothing is kept, nothing is done."""
    session.execute(_same(delete(KeptForm), user_id, address, operation))


def discard_sent(session: Session, user_id: int, address: str, operation: str) -> None:
    """A form was sent: keep it no longer, wherever it was begun. What is kept of another act stays."""
    for number in {operation, ""}:
        discard(session, user_id, address, number)


def discard_under(session: Session, user_id: int, path: str) -> None:
    """Keep nothing any longer of a form, whatever query its address had."""
    own = KeptForm.user_id == user_id
    session.execute(delete(KeptForm).where(own, or_(KeptForm.address == path, KeptForm.address.startswith(f"{path}?"))))


def kept_at(session: Session, user_id: int, address: str) -> list[KeptForm]:
    """What is kept for the form of an address, the newest first."""
    return [kept for kept in kept_forms(session, user_id) if kept.address == address]


def operation_of(fields: Fields) -> str:
    """The number of the act that a form is, if it carries one."""
    return dict(fields).get("operation", "")[:LONGEST_OPERATION]


def kept_forms(session: Session, user_id: int) -> list[KeptForm]:
    """Everything that is kept for a user, the newest first."""
    query = select(KeptForm).where(KeptForm.user_id == user_id)
    return list(session.scalars(query.order_by(KeptForm.saved_at.desc(), KeptForm.id.desc())))


def _same(statement: Any, user_id: int, address: str, operation: str) -> Any:
    """Restricted to what is kept of one form: an act has a number of its own, whatever address it has."""
    of = KeptForm.operation == operation
    return statement.where(KeptForm.user_id == user_id, of, *(() if operation else (KeptForm.address == address,)))


def _make_room(session: Session, user_id: int, now: datetime) -> None:
    session.execute(delete(KeptForm).where(KeptForm.saved_at < now - LASTS))
    own = select(KeptForm.id).where(KeptForm.user_id == user_id)
    surplus = session.scalars(own.order_by(KeptForm.saved_at.desc(), KeptForm.id.desc()).offset(MOST_FORMS - 1)).all()
    if surplus:
        session.execute(delete(KeptForm).where(KeptForm.id.in_(surplus)))


def _is_secret(name: str) -> bool:
    return "password" in name.lower() or name in ("csrf_token", "current")


def _clean(text: str) -> str:
    """Without what a database or a page can't hold: NUL, and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
