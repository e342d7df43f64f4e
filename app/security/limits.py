"""In the books of which own organisations a user may work, and to what else they are limited, such as warehouses: kept with the
user as numbers, asked of the actor that they are."""

import json
from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Conflict, Invalid
from app.reference.models import Organisation
from app.security.actor import Actor
from app.security.limited import limited_models
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


def limits_read(text: str) -> dict[str, frozenset[int]]:
    """To what a user is limited, as it is kept with them: by noun; what isn't named is all open."""
    return {noun: frozenset(numbers) for noun, numbers in json.loads(text or "{}").items()}


def narrower(
    one: Mapping[str, frozenset[int]], other: Mapping[str, frozenset[int]]
) -> dict[str, frozenset[int]] | None:
    """What is open by both limits; None: of something that both name, nothing."""
    both = {noun: one.get(noun, numbers) & other.get(noun, numbers) for noun, numbers in {**one, **other}.items()}
    return both if all(both.values()) else None


def is_within(limits: Mapping[str, frozenset[int]], actor: Actor) -> bool:
    """Whether limits open nothing but what is open to the actor."""
    return all((numbers := limits.get(noun)) and numbers <= own for noun, own in actor.limits.items())


def limit_user(session: Session, actor: Actor, user: User, wanted: Mapping[str, Iterable[int]]) -> None:
    """Let of each noun named these rows alone be open to a user, all where none is named; of others what was stays.

    Refused: what there isn't (Invalid); what isn't open to the actor, or all where not all is (Conflict).
    """
    before = limits_read(user.limits or "")
    limits = dict(before)
    for limited in limited_models():
        if limited.noun not in wanted:
            continue
        numbers = frozenset(wanted[limited.noun])
        none = frozenset[int]()
        kept = before.get(limited.noun, none) | actor.limits.get(limited.noun, none)
        opened = {number for number, _name in limited.limit_choices(session, kept)}
        if not numbers <= opened | kept:
            raise Invalid(_l("Choose from the list."), field=limited.limit_field())
        limits.pop(limited.noun, None)
        if numbers:
            limits[limited.noun] = numbers
        if limits != before and not is_within(limits, actor):
            raise Conflict(_l("You can open only what is open to you."), field=limited.limit_field())
    said = {noun: sorted(numbers) for noun, numbers in sorted(limits.items())}
    user.limits = json.dumps(said) if said else ""
