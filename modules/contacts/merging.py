"""Two contacts that are one and the same: one becomes the head, the other points to it; undone whole (ADR 43).

What was posted stays with whom it was posted, as facts are never changed: whoever reads the head reads the whole family
(`families.py`). Everything else that names the merged contact by a foreign key, of whatever module, goes to the head, and so do
drafts.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Table, UniqueConstraint, inspect, select
from sqlalchemy.orm import Session

from app.api.clock import utc_now
from app.api.data import Base, begin_versions, change_rows, forget
from app.api.documents import hand_over
from app.api.errors import Conflict, Forbidden, Invalid, NotFound
from app.api.files import hand_back_files, hand_over_files
from app.api.search import write_index
from app.api.security import Actor, PastPolicy, record, require
from app.api.texts import lazy_gettext as _l
from modules.contacts.details import MAIN, SORTS, details_of, kind_of_detail, settle_all, text_of
from modules.contacts.families import refuse_ended
from modules.contacts.models import FINANCIAL, PRIVATE, Contact, Merge
from modules.contacts.operations import change_contacts
from modules.contacts.search import ContactSearch

_ROWS = PastPolicy(
    "whoever merges two contacts may see and change both; what names one of them names the other from then on"
)
#: fields of a contact that nobody chooses between
_OWN = {
    "id",
    "kind",
    "first_kind",
    "code",
    "code_order",
    "name_order",
    "folded",
    "version",
    "created_at",
    "is_active",
    "erased_at",
}
#: tables whose rows stay: what says that contacts are merged or alike, what is made of each contact, and what one of them may
#: open: whoever was given a link to one isn't given the other's
_STAYING = {"contacts_merge", "contacts_pair", ContactSearch.__tablename__, "contacts_client_access"}


def fields_of(contact: Contact) -> list[str]:
    """The fields in which two contacts of a kind may differ, in the model's order."""
    return [p.key for p in inspect(type(contact)).column_attrs if p.key not in _OWN]


def wins_by_itself(own: Any, theirs: Any) -> bool:
    """Whether what the other says is taken without being asked for: where the head says nothing."""
    return own in ("", None) and theirs not in ("", None)


def merge(session: Session, actor: Actor, head: Contact, other: Contact, *, wins: Iterable[str] = ()) -> Merge:
    """Let `other` point to `head`, which says from then on what the other says in the fields that it `wins`, and where it said
    nothing itself.

    Refused: who lacks the right or a confidential group, as what is closed can't be compared (Forbidden); a contact with
    itself, of two kinds (Invalid); one that was merged already (Conflict).
    """
    require(actor, "contacts.contact.merge")
    for mark in (PRIVATE, FINANCIAL):
        if not actor.sees(mark["group"]):
            raise Forbidden(mark["group"])
    if head is other:
        raise Invalid(_l("Choose another contact."), field="other_id")
    if head.kind != other.kind:
        raise Invalid(_l("Contacts of two kinds can't be merged: they have other fields."), field="other_id")
    begin_versions(session, {head: None, other: None})
    refuse_ended(session, [head, other])
    won = set(wins)
    said = {name: (getattr(head, name), getattr(other, name)) for name in fields_of(head)}
    state: dict[str, Any] = {"active": other.is_active, "responsible": other.responsible_id}
    state["mains"], twins = _mains(session, head, other), _step_back(session, head, other)
    session.flush()
    state["moved"] = _move(session, other.id, head.id, twins)
    state["files"] = hand_over_files(session, Contact.noun, other.id, head.id, f"{other.name} ({other.code})")
    state["followers"] = list(session.scalars(select(Merge.merged_id).where(Merge.head_id == other.id)))
    _lead(session, state["followers"], head.id)
    session.flush()
    session.expire_all()
    settle_all(session, head, {name: said[name][1] for name in won & MAIN.keys() & said.keys()})
    fields = {
        name: theirs
        for name, (own, theirs) in said.items()
        if name not in MAIN and own != theirs and (name in won or wins_by_itself(own, theirs))
    }
    change_contacts(session, actor, {head: fields}, audited=False)
    state["fields"] = {name: [_plain(said[name][0]), _plain(getattr(head, name))] for name in fields}
    other.is_active, other.responsible_id = False, head.responsible_id
    made = Merge(merged_id=other.id, head_id=head.id, at=utc_now(), user_id=actor.user_id, state=json.dumps(state))
    session.add(made)
    _finish(session, "merge", head, other)
    return made


def unmerge(session: Session, actor: Actor, merged_id: int) -> Contact:
    """Undo a merge: what came from the contact goes back, its main details and the head's are what they were, and a field of
    the head that still says what the merge wrote says again what it said before. Gives the contact that stands by itself again.

    Refused: who may not merge (Forbidden), what wasn't merged or isn't open (NotFound), a contact to which one came along that
    was merged into it before, as long as its head is merged further (Conflict).
    """
    require(actor, "contacts.contact.merge")
    made, other = session.get(Merge, merged_id), session.get(Contact, merged_id)
    head = session.get(Contact, made.head_id) if made is not None else None
    if made is None or head is None or other is None:
        raise NotFound
    if other.erased_at is not None:
        raise Conflict(_l("This person was erased."))
    state = json.loads(made.state)
    begin_versions(session, {head: None, other: None})
    later = select(Merge).where(Merge.head_id == head.id, Merge.merged_id != merged_id)
    if any(merged_id in json.loads(each.state)["followers"] for each in session.scalars(later)):
        raise Conflict(_l("Undo the later merge first."))
    fields = {n: old for n, (old, new) in state["fields"].items() if _plain(getattr(head, n)) == new}
    change_contacts(session, actor, {head: {n: _typed(type(head), n, old) for n, old in fields.items()}}, audited=False)
    session.flush()
    _move_back(session, head.id, other.id, state["moved"])
    hand_back_files(session, Contact.noun, other.id, state.get("files", ()))
    _restore_mains(session, (head.id, other.id), state["mains"])
    session.delete(made)
    _lead(session, state["followers"], other.id)
    session.flush()
    session.expire_all()
    settle_all(session, head)
    settle_all(session, other)
    other.is_active, other.responsible_id = state["active"], state["responsible"]
    _finish(session, "unmerge", head, other)
    return other


def _mains(session: Session, *contacts: Contact) -> dict[str, list[int]]:
    """Per table the main details of these contacts."""
    return {
        sort.model.__tablename__: [d.id for c in contacts for d in details_of(session, sort.model, c.id) if d.is_main]
        for sort in SORTS.values()
    }


def _step_back(session: Session, head: Contact, other: Contact) -> dict[str, set[int]]:
    """Let the other's main details be main no more where the head has one; gives per table those that say just what one of the
    head's says, which stay."""
    twins: dict[str, set[int]] = {}
    for sort in SORTS.values():
        own, theirs = (details_of(session, sort.model, contact.id) for contact in (head, other))
        has_main = {kind_of_detail(detail) for detail in own if detail.is_main}
        known = {(kind_of_detail(detail), text_of(detail)) for detail in own}
        for detail in theirs:
            detail.is_main = detail.is_main and kind_of_detail(detail) not in has_main
        twins[sort.model.__tablename__] = {d.id for d in theirs if (kind_of_detail(d), text_of(d)) in known}
    return twins


def _restore_mains(session: Session, contacts: tuple[int, int], mains: dict[str, list[int]]) -> None:
    for name, ids in mains.items():
        table = Base.metadata.tables[name]
        of_both = table.c.contact_id.in_(contacts)
        change_rows(session, table, of_both, table.c.is_main, table.c.id.not_in(ids), is_main=False)
        change_rows(session, table, of_both, table.c.is_main.is_(False), table.c.id.in_(ids), is_main=True)


@cache
def _naming() -> tuple[Column[Any], ...]:
    """The columns by which rows name a contact and that are changed by a merge: not those of documents and what goes with them,
    nor of registers."""
    own = Contact.__table__
    found = (
        key.parent
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table is own and table is not own and table.name not in _STAYING and not _is_posted(table)
    )
    return tuple(sorted(found, key=lambda column: (column.table.name, column.name)))


@cache
def _drafting() -> tuple[Column[Any], ...]:
    """The columns by which documents name a contact: a draft follows the contact that it names, as nothing is posted of it."""
    documents, own = Base.metadata.tables["core_document"], Contact.__table__
    return tuple(
        key.parent
        for table in Base.metadata.sorted_tables
        if any(
            key.column.table is documents and key.parent.primary_key and key.parent.name == "id"
            for key in table.foreign_keys
        )
        for key in table.foreign_keys
        if key.column.table is own
    )


def _drafts(table: Table) -> list[Any]:
    """Narrows a table of documents to what isn't posted; other tables not at all."""
    documents = Base.metadata.tables["core_document"].c
    is_of_drafts = any(column.table is table for column in _drafting())
    return [table.c.id.in_(select(documents.id).where(documents.state == "draft"))] if is_of_drafts else []


def _is_posted(table: Table) -> bool:
    """Whether its rows are the ledger's, documents, or go with documents."""
    documents = Base.metadata.tables["core_document"]
    return "register" in table.info or any(
        key.column.table is documents
        # What may be about a document, such as a note, goes with the contact.
        and (key.parent.primary_key or (key.parent.name == "document_id" and not key.parent.nullable))
        for key in table.foreign_keys
    )


def _move(session: Session, source: int, target: int, skipped: dict[str, set[int]]) -> dict[str, list[list[Any]]]:
    """Let rows that name one contact name another; gives them, by table and column, as the rest of their keys. Where a row of
    the target's says the same already, its twin stays."""
    connection = _ROWS(session)
    there = set(inspect(connection).get_table_names())
    moved: dict[str, list[list[Any]]] = {}
    for column in (*_naming(), *_drafting()):
        table = column.table
        if table.name not in there:
            continue  # of a module that was never on
        key = [c for c in table.primary_key if c is not column]
        rows = connection.execute(select(*key, *table.c).where(column == source, *_drafts(table))).all()
        taken = {names: _taken(connection, table, column, names, target) for names in _unique(table, column)}
        others = [c for c in _naming() if c.table is table and c is not column]
        for row in rows:
            values, said = list(row[: len(key)]), row._mapping
            is_twin = any(tuple(said[table.c[n]] for n in names) in known for names, known in taken.items())
            of_both = any(said[c] == target for c in others)
            if is_twin or of_both or (len(key) == 1 and values[0] in skipped.get(table.name, ())):
                continue
            change_rows(session, table, column == source, *_is(key, values), **{column.name: target})
            moved.setdefault(f"{table.name}.{column.name}", []).append(values)
    return moved


def _move_back(session: Session, source: int, target: int, moved: dict[str, list[list[Any]]]) -> None:
    """Let the rows that are still there, and still name the head, name the other again."""
    for name, keys in moved.items():
        table = Base.metadata.tables[name.split(".")[0]]
        column = table.c[name.split(".")[1]]
        key = [c for c in table.primary_key if c is not column]
        for values in keys:
            still = (column == source, *_is(key, values), *_drafts(table))
            change_rows(session, table, *still, **{column.name: target})


def _is(key: list[Column[Any]], values: list[Any]) -> list[Any]:
    return [part == value for part, value in zip(key, values, strict=True)]


def _unique(table: Table, column: Column[Any]) -> Iterator[tuple[str, ...]]:
    """What beside the column names a row, for each way in which it has to be unique."""
    keys = [list(table.primary_key), *(list(c.columns) for c in table.constraints if isinstance(c, UniqueConstraint))]
    keys += [list(i.columns) for i in table.indexes if i.unique and i.dialect_options["sqlite"]["where"] is None]
    yield from (tuple(c.name for c in columns if c is not column) for columns in keys if column in columns)


def _taken(connection: Connection, table: Table, column: Column[Any], names: tuple[str, ...], target: int) -> set[Any]:
    # With the column itself, as a table may have one row of a contact at most, and nothing else to be unique by.
    rows = connection.execute(select(column, *(table.c[n] for n in names)).where(column == target))
    return {tuple(row)[1:] for row in rows}


def _lead(session: Session, followers: list[int], head_id: int) -> None:
    """Let those that were merged into one before follow it, or stand with it alone again."""
    for follower in session.scalars(select(Merge).where(Merge.merged_id.in_(followers))).all():
        follower.head_id = head_id


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    return str(value) if isinstance(value, date | Decimal) else value


def _typed(model: type[Contact], name: str, value: Any) -> Any:
    """The value of a field again."""
    kind = model.__mapper__.columns[name].type.python_type
    if value is None or not isinstance(value, str) or kind is str:
        return value
    return date.fromisoformat(value) if kind is date else Decimal(value)


def _finish(session: Session, verb: str, head: Contact, other: Contact) -> None:
    session.flush()
    hand_over(session, Contact, {other.id: other.responsible_id})
    write_index(session, ContactSearch, [head.id, other.id])
    for contact, summary in ((head, f"{head.code} ← {other.code}"), (other, f"{other.code} → {head.code}")):
        forget(session, "contacts.contact", contact.id)
        record(session, f"contacts.contact.{verb}", subject="contacts.contact", subject_id=contact.id, summary=summary)
    session.expire_all()
