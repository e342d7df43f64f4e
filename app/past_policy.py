"""The one way past the policy: a bare connection, for those who state why they may read and write whoever asks.

A ledger that counted only what its clerk may see would be wrong, so it, numbering, the audit and the program's own tables
work on bare connections. `app.security.policy` refuses one to everyone else. A test lists every statement of the kind:
`tests/unit/test_past_policy.py`.
"""

from typing import Final

from sqlalchemy import Connection
from sqlalchemy.orm import Session


class Unheld(RuntimeError):
    """A query that the policy can't hold: an error of the program. It is refused, so that it leaks nothing."""


class PastPolicy:
    """Stated once at the top of a file, with the reason; called with a session, it gives the session's own connection.

    What is read that way holds no scope and no confidential group: it is for arithmetic and for what everyone may know, and
    what a user is shown of it passes the policy first.
    """

    __slots__ = ("why",)

    def __init__(self, why: str) -> None:
        self.why: Final = why

    def __call__(self, session: Session) -> Connection:
        """The session's connection, within its transaction."""
        return Session.connection(session)
