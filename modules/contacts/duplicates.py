"""Contacts that may be one and the same: while one is typed, and among all of them."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, delete, func, insert, select
from sqlalchemy.orm import Session

from app.api.data import pieces
from app.api.errors import Invalid, NotFound
from app.api.reference import check_email, check_phone, check_tax_id, organisation, phones_of
from app.api.search import first_found
from app.api.security import Actor, PastPolicy, record, require
from app.api.texts import lazy_gettext as _l
from modules.contacts.alike import LEAST, Known, name_likeness, pairs_among, typed_beginnings
from modules.contacts.models import PEOPLE, PRIVATE, Channel, Contact, Pair, TaxNumber
from modules.contacts.search import ContactSearch

JOB = "contacts.find_duplicates"
WHY = {"tax": _l("the same tax number"), "email": _l("the same e-mail"), "phone": _l("the same phone")}
#: so many pairs are kept, the likeliest
MOST = 5000
#: so many are offered while one types, and so many are shown on a page
OFFERED, SHOWN = 5, 100
#: of a name while it is typed: a little less likeness than among all
_LEAST_TYPED = LEAST - 8

_PAIRS = PastPolicy("pairs of contacts are found among all of them; what is shown goes through the session")


@dataclass(frozen=True, slots=True)
class Alike:
    """A contact that what is typed may mean, open to whoever types."""

    id: int
    name: str
    code: str
    #: keys of WHY
    why: tuple[str, ...]


def alike(session: Session, kind: str, typed: dict[str, str]) -> list[Alike]:
    """The contacts that somebody may be about to enter again, the likeliest first, as far as they are open to the session's
    actor, and by private texts only where those are. What can't be read yet says nothing."""
    why: dict[int, list[str]] = defaultdict(list)
    if session.info["actor"].sees(PRIVATE["group"]):
        for reason, numbers in _by_texts(session, kind, typed).items():
            for number in numbers:
                why[number].append(reason)
    name = typed.get("name", "")
    records = select(Contact.id).where(Contact.is_active)
    ids = set(why)
    for beginning in typed_beginnings(name):
        ids |= {hit.id for hit in first_found(session, ContactSearch, beginning, 50, records)}
    query = select(Contact.id, Contact.name, Contact.code).where(Contact.id.in_(ids), Contact.is_active)
    rows = [(name_likeness(name, row.name) if name else 0, row) for row in session.execute(query)]
    kept = [(len(why[row.id]) * 100 + score, row) for score, row in rows if why[row.id] or score >= _LEAST_TYPED]
    kept.sort(key=lambda each: (-each[0], each[1].name))
    return [Alike(row.id, row.name, row.code, tuple(why[row.id])) for _score, row in kept[:OFFERED]]


def _by_texts(session: Session, kind: str, typed: dict[str, str]) -> dict[str, set[int]]:
    country = typed.get("country") or ""
    checks: dict[str, Any] = {
        "phone": lambda text: phones_of(check_phone(text, country=country or organisation(session).country)),
        "email": lambda text: [check_email(text)],
        "tax": lambda text: [check_tax_id(text, country=country, is_person=kind in PEOPLE)],
    }
    found: dict[str, set[int]] = {}
    for reason, check in checks.items():
        text = typed.get("tax_id" if reason == "tax" else reason, "")
        try:
            values = list(filter(None, check(text))) if text else []
        except Invalid:
            continue
        of = TaxNumber if reason == "tax" else Channel
        column: Any = TaxNumber.number if reason == "tax" else func.lower(Channel.value)
        wanted = values if reason == "tax" else [value.lower() for value in values]
        if wanted:
            found[reason] = set(session.scalars(select(of.contact_id).where(column.in_(wanted)).limit(SHOWN)))
    return found


def find_pairs(session: Session) -> int:
    """Find the pairs again, whoever may see them; what somebody has called distinct stays so. Gives how many there are."""
    connection, pair = _PAIRS(session), cast(Table, Pair.__table__)
    distinct = {(row.first_id, row.other_id) for row in connection.execute(select(pair).where(pair.c.is_distinct))}
    found = [each for each in pairs_among(_known(session)) if (each[0].id, each[1].id) not in distinct]
    found.sort(key=lambda each: (-each[2].score, each[0].id, each[1].id))
    connection.execute(delete(pair).where(pair.c.is_distinct.is_(False)))
    for some in pieces(found[:MOST]):
        rows = [
            {
                "first_id": one.id,
                "other_id": other.id,
                "score": like.by_name,
                "private_score": like.score,
                "why": " ".join(like.why),
                "is_distinct": False,
            }
            for one, other, like in some
        ]
        connection.execute(insert(pair), rows)
    return len(found[:MOST])


def _known(session: Session) -> list[Known]:
    contact, channel, number = (model.__table__ for model in (Contact, Channel, TaxNumber))
    connection = _PAIRS(session)
    texts: dict[int, set[tuple[str, str]]] = defaultdict(set)
    kinds = channel.c.kind.in_(("phone", "email"))
    for row in connection.execute(select(channel.c.contact_id, channel.c.kind, channel.c.value).where(kinds)):
        texts[row.contact_id].add((row.kind, row.value.casefold()))
    taxes = select(number.c.contact_id, number.c.number).where(number.c.kind.in_(("tax", "vat")))
    for said in connection.execute(taxes):
        texts[said.contact_id].add(("tax", said.number))
    rows = connection.execute(select(contact.c.id, contact.c.form, contact.c.name).where(contact.c.is_active))
    return [Known(row.id, row.form, row.name, tuple(texts[row.id])) for row in rows]


@dataclass(frozen=True, slots=True)
class Shown:
    """A pair as its page shows it: rows of id, name and code, how alike they are, and keys of WHY as far as they are open."""

    id: int
    first: Any
    other: Any
    score: int
    why: tuple[str, ...]


_IN_USE = select(Contact.id).where(Contact.is_active)


def pairs_shown(session: Session) -> list[Shown]:
    """The likeliest pairs of which both are open to the session's actor. By private texts
    only for who may see them: to others a pair that has nothing else in common isn't one."""
    sees = session.info["actor"].sees(PRIVATE["group"])
    score = Pair.private_score if sees else Pair.score
    query = select(Pair.id, Pair.first_id, Pair.other_id, score.label("score"), *([Pair.why] if sees else []))
    query = query.where(Pair.is_distinct.is_(False), score > 0, Pair.first_id.in_(_IN_USE), Pair.other_id.in_(_IN_USE))
    rows: list[Any] = list(session.execute(query.order_by(score.desc(), Pair.id).limit(SHOWN)))
    ids = {number for row in rows for number in (row.first_id, row.other_id)}
    asked = select(Contact.id, Contact.name, Contact.code).where(Contact.id.in_(ids))
    known: dict[int, Any] = {each.id: each for each in session.execute(asked)}
    return [
        Shown(row.id, known[row.first_id], known[row.other_id], row.score, tuple(row.why.split()) if sees else ())
        for row in rows
    ]


def call_distinct(session: Session, actor: Actor, pair_id: int) -> None:
    """Remember that two contacts are two. Refused (NotFound): a pair that there isn't, or isn't open."""
    require(actor, "contacts.contact.merge")
    pair = session.get(Pair, pair_id)
    if pair is None:
        raise NotFound
    pair.is_distinct = True
    for contact_id in (pair.first_id, pair.other_id):
        record(session, "contacts.contact.distinct", subject="contacts.contact", subject_id=contact_id)
    session.flush()
