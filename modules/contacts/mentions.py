"""Where a person stands by name, address or number in texts of others: notes, tasks, letters, custom fields, lines of banks.

What names them in full is taken out by rule, as it says of nobody else. A single word is shown to whoever erases and left to
them: “Rose” may be a flower (ADR 47).
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import delete, inspect, or_, select, update
from sqlalchemy.orm import Session

from app.api.custom import CustomValue
from app.api.data import Versioned, forget_all
from app.api.documents import Document, DocumentVersion
from app.api.persons import Found, Person, erase_values_saying, says
from app.api.search import write_index
from app.api.security import PastPolicy
from app.api.texts import order_key
from modules.contacts.bank_models import BankLine, BankOrderLine, BankRule
from modules.contacts.contract_models import Contract
from modules.contacts.letters.models import Letter
from modules.contacts.models import Contact
from modules.contacts.models import Person as ContactPerson
from modules.contacts.search import ContactSearch
from modules.contacts.work.models import Activity, Task

_ALL = PastPolicy("whoever may erase a person erases all that names them, whatever they see otherwise")
#: model → its free texts
_TEXTS: dict[Any, tuple[str, ...]] = {
    Activity: ("text",),
    Task: ("title", "note", "result"),
    Letter: ("recipients", "subject", "body"),
    Contract: ("title", "note"),
    ContactPerson: ("note",),
    Contact: ("note",),
    Document: ("note",),
    DocumentVersion: ("content",),
    BankLine: ("name", "purpose", "reference"),
    BankOrderLine: ("name", "purpose", "reason"),
}
#: what a table of mentions is called among what is found
NAMING = "_naming"


class Naming:
    """The rule: which texts name a person, in which the name is taken out, and what they say then."""

    def __init__(self, person: Person) -> None:
        self.instead = person.instead
        #: texts that can mean this person alone
        self.full = sorted(filter(is_unmistakable, person.names), key=len, reverse=True)
        # Whole words: “Ann Lee” isn't in “Joann Leeds”.
        self._full = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, self.full)) or '(?!)'})(?!\w)", re.IGNORECASE)
        self._any = [name.lower() for name in person.names]

    def is_in(self, text: str) -> bool:
        """Whether a text names the person, were it by a single word."""
        return any(name in text.lower() for name in self._any)

    def takes_out(self, text: str) -> bool:
        """Whether a text names them in full."""
        return bool(self._full.search(text))

    def without(self, text: str) -> str:
        """A text without the name."""
        return self._full.sub(lambda _found: self.instead, text)

    def without_in_json(self, text: str) -> str:
        """What a document said once, without the name in its texts. What stands for a number is left, as it is read again."""
        return json.dumps(_walked(json.loads(text), self.without), ensure_ascii=False)


def is_unmistakable(text: str) -> bool:
    """Whether a text can mean one person alone: a name of several words, an address, a number."""
    return " " in text.strip() or "@" in text or sum(map(str.isdigit, text)) > 5


def mentions_of(session: Session, person: Person) -> dict[str, list[dict[str, Any]]]:
    """Table → rows beside the person's own whose free texts name them: the key and these texts."""
    found: dict[str, list[dict[str, Any]]] = {}
    for model, names in _texts(session).items():
        table: Any = model.__table__
        of = [table.c.contact_id] if "contact_id" in table.c else []
        naming = [says(table.c[name], *person.names) for name in names]
        asked = select(*table.primary_key, *of, *(table.c[name] for name in names)).where(or_(*naming))
        for column in _owners(person, table):
            asked = asked.where(or_(column.is_(None), column.not_in(person.ids)))
        if rows := [dict(row._mapping) for row in _ALL(session).execute(asked.order_by(*table.primary_key))]:
            found[table.name] = rows
    return found


def what_becomes(found: Found, person: Person) -> Iterator[tuple[str, str, bool]]:
    """Texts of others that name the person, of what was found: the table, the text, whether the name is taken out of it."""
    naming = Naming(person)
    for name, rows in found.rows.items():
        if name.endswith(NAMING):
            table = name.removesuffix(NAMING)
            said = (text for row in rows for value in row.values() for text in _parts(table, value))
            yield from ((table, text, naming.takes_out(text)) for text in said if naming.is_in(text))


def take_out_mentions(session: Session, person: Person) -> None:
    """Let free texts of others say the other name where they name the person in full, and the audit's values of these too."""
    naming = Naming(person)
    if not naming.full:
        return
    mentions, indexed = mentions_of(session, person), set()
    for model, names in _texts(session).items():
        table: Any = model.__table__
        without = naming.without_in_json if model is DocumentVersion else naming.without
        for row in mentions.get(table.name, ()):
            said = {name: text for name in names if (text := without(row[name] or "")) != (row[name] or "")}
            said = {name: text[: table.c[name].type.length] for name, text in said.items()}
            said |= {f"{name}_order": order_key(text) for name, text in said.items() if f"{name}_order" in table.c}
            if said and issubclass(model, Versioned):  # whoever has it open must not save the name back
                said["version"] = table.c.version + 1
            if said:
                same = (column == row[column.name] for column in table.primary_key)
                _ALL(session).execute(update(table).where(*same).values(said))
                indexed.add(row["id"] if model is Contact else row.get("contact_id"))
    _forget_rules(session, naming)
    session.expire_all()
    write_index(session, ContactSearch, sorted(i for i in indexed if i is not None))
    erase_values_saying(session, naming.full)
    forget_all(session, "contacts.contact")


def _forget_rules(session: Session, naming: Naming) -> None:
    """Rules for a bank's lines know them by their letters: those that name the person go, and are learned again."""
    rules: Any = BankRule.__table__
    bare = {"".join(filter(str.isalnum, text.casefold())) for text in naming.full}
    if sides := sorted(text for text in bare if len(text) > 5):
        _ALL(session).execute(delete(rules).where(says(rules.c.signature, *sides)))


def _texts(session: Session) -> dict[Any, tuple[str, ...]]:
    """The models that have free texts, with those that custom fields of any record say."""
    there = set(inspect(_ALL(session)).get_table_names())
    custom: Any = CustomValue.__subclasses__()
    return _TEXTS | {model: ("text",) for model in custom if model.__tablename__ in there}


def _parts(table: str, value: Any) -> Iterator[str]:
    """The texts of which a value consists."""
    if isinstance(value, str) and table == DocumentVersion.__tablename__:
        yield from _leaves(json.loads(value))
    elif isinstance(value, str):
        yield value


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _leaves(each)
    elif isinstance(value, str):
        yield value


def _walked(value: Any, change: Callable[[str], str]) -> Any:
    """What JSON says, with its texts changed."""
    if isinstance(value, dict):
        return {key: _walked(each, change) for key, each in value.items()}
    if isinstance(value, list):
        return [_walked(each, change) for each in value]
    is_text = isinstance(value, str) and not _NUMBER.fullmatch(value)
    return change(value) if is_text else value


#: how a saved document writes exact numbers
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def _owners(person: Person, table: Any) -> list[Any]:
    """By which columns rows are the person's own, and go with them."""
    own = [key.parent for key in table.foreign_keys if key.column.table is person.table and key.ondelete == "CASCADE"]
    return [*own, table.c.id] if table is person.table else own
