"""Where people have typed of a person by name, address or number: notes, tasks, letters and contracts of others.

What names them in full is taken out by rule, as it says of nobody else. A single word is shown to whoever erases and left to
them: “Rose” may be a flower.
"""

import re
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.api.data import Versioned, forget_all
from app.api.documents import Document
from app.api.persons import Person, erase_values_saying, says
from app.api.search import write_index
from app.api.security import PastPolicy
from app.api.texts import order_key
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
}


def mentions_of(session: Session, person: Person) -> dict[str, list[dict[str, Any]]]:
    """Table → rows beside the person's own whose free texts name them: the number and these texts."""
    found: dict[str, list[dict[str, Any]]] = {}
    for model, names in _TEXTS.items():
        table: Any = model.__table__
        of = [table.c.contact_id] if "contact_id" in table.c else []
        naming = [says(table.c[name], *person.names) for name in names]
        asked = select(table.c.id, *of, *(table.c[name] for name in names)).where(or_(*naming))
        for column in _owners(person, table):
            asked = asked.where(or_(column.is_(None), column.not_in(person.ids)))
        if rows := [dict(row._mapping) for row in _ALL(session).execute(asked.order_by(table.c.id))]:
            found[table.name] = rows
    return found


def is_unmistakable(text: str) -> bool:
    """Whether a text can mean one person alone: a name of several words, an address, a number."""
    return " " in text.strip() or "@" in text or sum(map(str.isdigit, text)) > 5


def take_out_mentions(session: Session, person: Person) -> None:
    """Let free texts of others say the other name where they name the person in full, and the audit's values of these too."""
    texts = sorted(filter(is_unmistakable, person.names), key=len, reverse=True)
    if not texts:
        return
    named = re.compile("|".join(map(re.escape, texts)), re.IGNORECASE)
    mentions, indexed = mentions_of(session, person), set()
    for model, names in _TEXTS.items():
        table: Any = model.__table__
        for row in mentions.get(table.name, ()):
            said: dict[str, Any] = {
                name: named.sub(person.instead, row[name] or "") for name in names if named.search(row[name] or "")
            }
            said = {name: text[: table.c[name].type.length] for name, text in said.items()}
            said |= {f"{name}_order": order_key(text) for name, text in said.items() if f"{name}_order" in table.c}
            if said and issubclass(model, Versioned):  # whoever has it open must not save the name back
                said["version"] = table.c.version + 1
            if said:
                _ALL(session).execute(update(table).where(table.c.id == row["id"]).values(said))
                indexed.add(row["id"] if model is Contact else row.get("contact_id"))
    session.expire_all()
    write_index(session, ContactSearch, sorted(i for i in indexed if i is not None))
    erase_values_saying(session, texts)
    forget_all(session, "contacts.contact")


def _owners(person: Person, table: Any) -> list[Any]:
    """By which columns rows are the person's own, and go with them."""
    own = [key.parent for key in table.foreign_keys if key.column.table is person.table and key.ondelete == "CASCADE"]
    return [*own, table.c.id] if table is person.table else own
