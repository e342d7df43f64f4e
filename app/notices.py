"""What an operation has to say to whoever asked for it, beside its result: shown above the next page.

Not what happens while they look elsewhere: that is `app.notifications`.
"""

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from app.db import KontorSession


def notify(session: Session, message: object) -> None:
    """Say something of what was done; it is shown once, if the session's work is committed."""
    session.info.setdefault("notices", []).append(message)


def taken_notices(session: Session) -> list[object]:
    """What there is to say, and no longer is."""
    notices: list[object] = session.info.pop("notices", [])
    return notices


@event.listens_for(KontorSession, "after_rollback")
def _forget_notices(session: Session) -> None:
    said = session.info.get("notices_before", {}).pop(session.get_nested_transaction(), 0)  # before the savepoint
    del session.info.get("notices", [])[said:]


@event.listens_for(KontorSession, "after_transaction_create")
def _remember(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        session.info.setdefault("notices_before", {})[transaction] = len(session.info.get("notices", ()))
