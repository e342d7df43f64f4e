"""What users arrange for themselves: their menu's groups, their favourites, what they used last. Knows no page.

Theirs alone, and never about a record: a favourite's address leads to a list, a report or a form, so nothing stays here of
what is erased elsewhere or closed to them later.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import ForeignKey, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db import Base
from app.errors import Invalid, NotFound
from app.reference import Organisation
from app.security import Actor, User
from app.texts import shortened
from app.translation import lazy_gettext as _l

#: how many favourites somebody may have, and how many of what they used last are kept
MOST_FAVOURITES, MOST_RECENT = 20, 8
LONGEST_ADDRESS, LONGEST_TITLE, LONGEST_NAME = 500, 120, 60


class Preference(Base):
    """What one user has arranged."""

    audited_as = ""

    __tablename__ = "core_preference"

    user_id: Mapped[int] = mapped_column(ForeignKey("core_user.id", ondelete="CASCADE"), primary_key=True)
    #: JSON: see `Arrangement`
    shell: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True)
class Arrangement:
    """How a user's pages are arranged. A group that isn't named opens by itself."""

    #: group of the menu → whether it is open
    groups: Mapping[str, bool] = field(default_factory=dict)
    #: address → title, in the order in which they were added
    favourites: Mapping[str, str] = field(default_factory=dict)
    #: addresses, the latest first
    recent: tuple[str, ...] = ()
    #: parts of pages that they want to see no longer
    dismissed: tuple[str, ...] = ()
    #: the organisation in whose books they work, where there are several; 0: the first
    organisation: int = 0


@lru_cache(maxsize=2000)
def read_arrangement(text: str | None) -> Arrangement:
    """What is kept, or what holds for somebody who has arranged nothing."""
    if not text:
        return Arrangement()
    kept = json.loads(text)
    return Arrangement(
        kept["groups"], kept["favourites"], tuple(kept["recent"]), tuple(kept["dismissed"]), kept.get("organisation", 0)
    )


def open_group(session: Session, actor: Actor, name: str, *, is_open: bool) -> Arrangement:
    """Remember that a group of the menu is open, or closed."""
    _refuse_long(name, LONGEST_NAME)
    return _change(session, actor, lambda a: replace(a, groups=_latest({**a.groups, name: is_open}, 50)))


def toggle_favourite(session: Session, actor: Actor, address: str, title: str) -> Arrangement:
    """Add a page to the favourites, or remove it. Refused (Invalid): more than `MOST_FAVOURITES`."""
    _refuse_long(address, LONGEST_ADDRESS)

    def change(before: Arrangement) -> Arrangement:
        others = {a: t for a, t in before.favourites.items() if a != address}
        if len(others) < len(before.favourites):
            return replace(before, favourites=others)
        if len(others) >= MOST_FAVOURITES:
            raise Invalid(_l("There are %(n)s favourites already. Remove one first.", n=MOST_FAVOURITES))
        return replace(before, favourites={**others, address: shortened(title, LONGEST_TITLE)})

    return _change(session, actor, change)


def note_use(session: Session, actor: Actor, address: str) -> Arrangement:
    """Remember that something was chosen in the search: it comes first the next time."""
    _refuse_long(address, LONGEST_ADDRESS)

    def change(before: Arrangement) -> Arrangement:
        others = [a for a in before.recent if a != address]
        return replace(before, recent=(address, *others)[:MOST_RECENT])

    return _change(session, actor, change)


def dismiss(session: Session, actor: Actor, name: str) -> Arrangement:
    """Show a part of a page no longer."""
    _refuse_long(name, LONGEST_NAME)

    def change(before: Arrangement) -> Arrangement:
        return before if name in before.dismissed else replace(before, dismissed=(*before.dismissed, name)[-20:])

    return _change(session, actor, change)


def work_in(session: Session, actor: Actor, organisation_id: int) -> Arrangement:
    """Work in the books of one of the company's organisations from now on. Refused (NotFound): one that there isn't, or that
    isn't open to the actor."""
    if session.get(Organisation, organisation_id) is None or not actor.may_work_in(organisation_id):
        raise NotFound
    return _change(session, actor, lambda a: replace(a, organisation=organisation_id))


def _latest(groups: Mapping[str, bool], count: int) -> dict[str, bool]:
    return dict(list(groups.items())[-count:])


def _refuse_long(text: str, most: int) -> None:
    if not text or len(text) > most or not text.isprintable():
        raise Invalid(_l("There is no such page."))


def _change(session: Session, actor: Actor, change: Callable[[Arrangement], Arrangement]) -> Arrangement:
    """Two clicks at once come one after the other: the user's row is locked."""
    session.execute(select(User.id).where(User.id == actor.user_id).with_for_update())
    kept = session.get(Preference, actor.user_id, populate_existing=True)
    before = read_arrangement(kept.shell if kept else None)
    after = change(before)
    said: dict[str, Any] = {"groups": dict(after.groups), "favourites": dict(after.favourites)}
    said |= {"recent": after.recent, "dismissed": after.dismissed, "organisation": after.organisation}
    text = json.dumps(said, ensure_ascii=False)
    if kept is None:
        session.add(Preference(user_id=actor.user_id, shell=text))
    else:
        kept.shell = text
    session.flush()
    return after
