"""Rights that are several others at once: what their holder does is written whatever else is open to them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy.orm import Session

from app.api.security import Actor, unrestricted


@contextmanager
def acting_for(
    session: Session, actor: Actor, why: str, *, rights: frozenset[str], groups: frozenset[str]
) -> Iterator[Actor]:
    """Give the actor that writes in the name of `actor` with these rights and groups besides, past every scope; the audit keeps
    `why`. Whether they may do so at all is asked before."""
    with unrestricted(session, why):
        yield replace(actor, permissions=actor.permissions | rights, groups=actor.groups | groups)
