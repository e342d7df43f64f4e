"""In the books of which own organisations a user may work: kept with the user as numbers, asked of the actor that they are."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Conflict, Invalid
from app.reference.models import Organisation
from app.security.actor import Actor
from app.security.models import User
from app.translation import lazy_gettext as _l


def books_read(text: str) -> frozenset[int]:
    """The numbers that are kept with a user; none: all organisations."""
    return frozenset(int(number) for number in text.split(",") if number)


def limit_books(session: Session, actor: Actor, user: User, wanted: Iterable[int]) -> None:
    """Let a user work in the books of these organisations alone, of all where none is named.

    Refused: an organisation that there isn't (Invalid), one that isn't open to the actor, or all where the actor hasn't all
    (Conflict); a user who works in books that aren't open to the actor.
    """
    numbers = frozenset(wanted)
    if numbers and not numbers <= set(session.scalars(select(Organisation.id))):
        raise Invalid(_l("Choose from the list."), field="books")
    before = books_read(user.books or "")
    if numbers == before and user.id is not None:
        return
    changed = [numbers] if user.id is None else [numbers, before]
    if actor.books and not all(each and each <= actor.books for each in changed):
        raise Conflict(_l("You can open only those organisations in which you work yourself."), field="books")
    user.books = ",".join(str(number) for number in sorted(numbers))
