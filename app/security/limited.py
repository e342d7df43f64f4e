"""Models to some rows of which a user may be limited, such as the warehouses where they work (docs/adr/0093).

Which these are is kept with the user and stands on the actor; the policy asks it like any scope. What names such a row says so
by `limited_by`: records are open to whom the row is, documents to whoever reaches one of those that they name.
"""

from collections.abc import Collection, Iterable
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session

from app.db import mapper_of
from app.errors import NotFound
from app.security.actor import Actor
from app.security.policy import Scoped


class Limited(Scoped):
    """A model whose rows are open to whoever isn't limited, and to whoever is limited to them; by its `noun` they are kept."""

    is_of_limits = True

    #: for people, on a user's page: what is chosen, and what it says where nothing is
    limit_title: ClassVar[object]
    limit_hint: ClassVar[object]
    #: what is said of one that isn't open
    limit_refusal: ClassVar[object]

    @classmethod
    def limit_field(cls) -> str:
        """What the field of a user's page is called."""
        return "limits_" + cls.noun.replace(".", "_")

    @classmethod
    def limit_choices(cls, session: Session, kept: Collection[int] = ()) -> Iterable[tuple[int, str]]:
        """The numbers and names of what a user can be limited to, of those that the session's actor sees: each model's own. Of
        what isn't offered to anybody, those of the numbers `kept`, to which they are limited already."""
        raise NotImplementedError

    @classmethod
    def opened_by(cls, numbers: Iterable[int]) -> ColumnElement[bool]:
        """The rows that come with those of these numbers."""
        return cls.id.in_(sorted(numbers))  # type: ignore[attr-defined, no-any-return]

    @classmethod
    def open_to_all(cls) -> ColumnElement[bool] | None:
        """The rows that nobody is kept from; None: there are none."""
        return None

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        if not (numbers := actor.limits.get(cls.noun)):
            return None
        free = cls.open_to_all()
        return cls.opened_by(numbers) if free is None else or_(free, cls.opened_by(numbers))


class OfLimited(Scoped):
    """Mixed into records, other than documents, that name a row of such a model: they are open to whom it is."""

    noun = ""
    is_of_limits = True
    #: the columns that name it
    limited_by: ClassVar[tuple[str, ...]] = ("place_id",)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        columns = {name: getattr(cls, name) for name in cls.limited_by}
        ways = ways_within(actor, cls, columns)
        return or_(*ways, *(column.is_(None) for column in columns.values())) if ways else None

    @classmethod
    def nouns(cls) -> Iterable[str]:
        return (cls.__tablename__.replace("_", ".", 1),)  # type: ignore[attr-defined]


def limited_models() -> list[type[Limited]]:
    """Those that there are."""
    return [model for model in Scoped._scoped if issubclass(model, Limited)]


def ways_within(actor: Actor, model: Any, columns: dict[str, Any]) -> list[ColumnElement[bool]]:
    """The criteria by which what `columns` of a model name is within the actor's limits, each by one of them; none: they have
    no such limits."""
    ways = []
    for name, column in columns.items():
        named: Any = _named_by(model, name)
        if not issubclass(named, Limited):  # it is within limits by what it names itself
            criterion = named.visible_to(actor)
        else:
            numbers = actor.limits.get(named.noun)
            criterion = named.opened_by(numbers) if numbers else None
        if criterion is not None:
            ways.append(column.in_(select(named.__table__.c.id).where(criterion).correlate(None)))
    return ways


def refuse_beyond_limits(session: Session, records: Iterable[Any]) -> None:
    """Refuse (NotFound) records, the first of whose `limited_by` that isn't open to everybody isn't open to the session's
    actor: where goods go is for whoever has them to say, and nobody takes them from others. Asks nothing for whoever isn't
    limited."""
    actor: Actor = session.info["actor"]
    if not actor.limits:
        return
    for record in records:
        for name in record.limited_by:
            limited, number = _named_by(type(record), name), getattr(record, name)
            if number is None or limited.noun not in actor.limits:
                continue
            free = limited.open_to_all()
            is_free = select(false() if free is None else free).where(limited.id == number)  # type: ignore[attr-defined]
            found = session.execute(is_free).scalar()
            if found is None:
                raise NotFound(limited.limit_refusal)
            if not found:
                break


def _named_by(model: Any, column: str) -> type[Limited]:
    (key,) = model.__table__.c[column].foreign_keys
    mapper = mapper_of(key.column.table)
    assert mapper is not None
    return mapper.class_  # type: ignore[no-any-return]
