"""The index by which records of a model are found, as a module declares it: one row a record, a column for each confidential
group, so that the policy tells by the column what is open to whom.

    class ContactSearch(SearchIndex, Base):
        __tablename__ = "contacts_contact_search"
        owner = Contact
        public: Mapped[str] = searched()
        private: Mapped[str] = searched("contacts.private")
        texts = (Searched(Contact.legal_name), Searched(Contact.phone, _l("Phone"), spelled=spellings_of_phone))

The name and code of a record are always found. A text stands in the column of its own column's group. The module's migration
makes the table, and names it in SEARCHED so that it is filled and gets its trigrams.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from sqlalchemy import Column, ColumnElement, Connection, ForeignKey, Text, select
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.db import MADE
from app.ordering import ORDER_KEY
from app.search import fold
from app.search.words import as_it_is
from app.security import Actor, Scoped, criterion_through

#: signs of a name and of a code by whose beginning a record is found
_BEGINNING = 400
#: Between two texts of a column: no word has it, so none is found across them.
_BETWEEN = "\n"


@dataclass(frozen=True)
class Searched:
    """A text by which a record is found: a column of the record, or of rows that go with it."""

    column: Any
    #: what the text is called, where a hit that isn't found by its name says so; None: it doesn't
    title: object = None
    #: as what it is found
    spelled: Callable[[str], Iterable[str]] = as_it_is
    #: as what people are shown it
    shown: Callable[[str], str] = str
    #: of rows that go with the record: their column that names it
    of: Any = None

    @property
    def source(self) -> Column[Any]:
        """The column of the table."""
        return self.column.property.columns[0]  # type: ignore[no-any-return]

    @property
    def group(self) -> str | None:
        """The confidential group of the text."""
        return self.source.info.get("group")


def searched(group: str | None = None) -> Mapped[str]:
    """The column of the texts of a confidential group, or of those that are open to whoever sees the record."""
    return mapped_column(Text, default="", server_default="", info={**MADE, "group": group, "searched": True})


class SearchIndex(Scoped):
    """Mixed into the table by which records of a model, its `owner`, are found: a projection of what they say."""

    audited_as = ""

    noun = ""
    #: the model of the records, which have a `name` and a `code`
    owner: ClassVar[Any]
    texts: ClassVar[Sequence[Searched]]
    declared: ClassVar[list[type["SearchIndex"]]] = []

    __tablename__: Any
    __table__: Any

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        SearchIndex.declared.append(cls)
        watched.cache_clear()

    @declared_attr
    def record_id(cls) -> Mapped[int]:  # noqa: N805 - called with the class
        """Of the record."""
        key = ForeignKey(f"{cls.owner.__tablename__}.id", ondelete="CASCADE")
        return mapped_column(key, primary_key=True, autoincrement=False, sort_order=-3)

    @declared_attr
    def name(cls) -> Mapped[str]:  # noqa: N805 - called with the class
        """Its name, folded: by its beginning."""
        return mapped_column(ORDER_KEY, index=True, info=MADE, sort_order=-2)

    @declared_attr
    def code(cls) -> Mapped[str]:  # noqa: N805 - called with the class
        """Its code, folded: by its beginning."""
        return mapped_column(ORDER_KEY, index=True, info=MADE, sort_order=-1)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        """What a record is found by is open to whom the record is; its groups are looked at by column."""
        return criterion_through(cls.owner, actor, cls.record_id) if issubclass(cls.owner, Scoped) else None


def text_columns(index: type[SearchIndex]) -> Mapping[str | None, Column[Any]]:
    """Confidential group → the column of its texts."""
    return {c.info["group"]: c for c in index.__table__.columns if c.info.get("searched")}


def all_texts(index: type[SearchIndex]) -> tuple[Searched, ...]:
    """Name and code, and whatever else is declared."""
    return (Searched(index.owner.name), Searched(index.owner.code), *index.texts)


#: index, attribute that names the record, attributes by which it is found
Watched = tuple[type[SearchIndex], str, frozenset[str]]


@cache
def watched(model: type) -> tuple[Watched, ...]:
    """The indexes that a change of a record of this model touches."""
    found: dict[tuple[type[SearchIndex], str], set[str]] = {}
    for index in SearchIndex.declared:
        for text in all_texts(index):
            of = index.owner.id if text.of is None else text.of
            if issubclass(model, of.class_) and issubclass(model, text.column.class_):
                found.setdefault((index, of.key), set()).add(text.column.key)
    return tuple((index, key, frozenset(names)) for (index, key), names in found.items())


def rows_of(connection: Connection, index: type[SearchIndex], ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    """What the index has to say of the records of these numbers, as their tables say it."""
    said = _said(connection, index, ids)
    for number, texts in said.items():
        columns = dict.fromkeys((c.name for c in text_columns(index).values()), "")
        for group, column in text_columns(index).items():
            spelled = (each for text, one in texts if text.group == group for each in text.spelled(one))
            columns[column.name] = _BETWEEN.join(dict.fromkeys(fold(each) for each in spelled if each))
        (_, name), (_, code) = texts[:2]
        yield {"record_id": number, "name": fold(name)[:_BEGINNING], "code": fold(code)[:_BEGINNING], **columns}


def _said(
    connection: Connection, index: type[SearchIndex], ids: Sequence[int]
) -> dict[int, list[tuple[Searched, str]]]:
    """Per record its texts, name and code first."""
    said: dict[int, list[tuple[Searched, str]]] = {}
    for key, some in by_source(index):
        query = select(key, *(text.source for text in some)).where(key.in_(ids)).order_by(*key.table.primary_key)
        for number, *values in connection.execute(query):
            texts = said.setdefault(number, []) if key.primary_key else said[number]
            texts += ((text, value or "") for text, value in zip(some, values, strict=True))
    return said


def by_source(index: type[SearchIndex]) -> list[tuple[Any, list[Searched]]]:
    """The columns that name a record, its own first, each with the texts beside it."""
    found: dict[Any, list[Searched]] = {index.owner.__table__.c.id: []}
    for text in all_texts(index):
        key = index.owner.__table__.c.id if text.of is None else text.of.property.columns[0]
        found.setdefault(key, []).append(text)
    return list(found.items())
