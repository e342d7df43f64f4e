"""Details of many contacts at once, as files bring them: several e-mail addresses, tax numbers and sites; addresses."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.data import begin_versions, pieces
from app.api.errors import Invalid
from app.api.reference import check_email, check_tax_id
from app.api.security import Actor
from app.api.texts import lazy_gettext as _l
from modules.contacts.details import (
    MOST,
    check_site,
    detail_names,
    kind_of_detail,
    require_details,
    settle_details,
    text_of,
)
from modules.contacts.models import EMAIL, PEOPLE, SITE, Channel, Contact, TaxNumber

#: a detail that is still to be made: its sort, and what it says
Draft = tuple[Any, dict[str, Any]]
#: between several texts of one cell: a sign, or a new line; a comma too, as none of them has one
_BETWEEN = re.compile(r"[;,|\n]+")


def split_details(kind: str, values: Mapping[str, Any], country: str) -> tuple[dict[str, Any], list[Draft]]:
    """What a row says of a contact of a kind with one e-mail address and one tax number at most, and the details that it has
    beyond them: further ones, and its sites. Refused (Invalid): what isn't one."""
    own, more = {name: value for name, value in values.items() if name != "site"}, []
    for name in ("email", "tax_id"):
        if name in own:
            first, *others = _texts(own[name]) or [""]
            own[name] = first
            more += [_detail(name, kind, text, country) for text in others]
    more += [_detail("site", kind, text, country) for text in _texts(values.get("site", ""))]
    return own, more


def _texts(cell: str) -> list[str]:
    return list(dict.fromkeys(filter(None, (part.strip() for part in _BETWEEN.split(cell)))))


def _detail(name: str, kind: str, text: str, country: str) -> Draft:
    if name == "email":
        return Channel, {"kind": EMAIL, "value": check_email(text)}
    if name == "site":
        return Channel, {"kind": SITE, "value": check_site(text, field="site")}
    number = check_tax_id(text, country=country, is_person=kind in PEOPLE)
    return TaxNumber, {"kind": "tax", "number": number, "country": country}


def lacking(session: Session, drafts: Mapping[Contact, Sequence[Draft]]) -> dict[Contact, list[Draft]]:
    """Those details that the contacts don't have yet."""
    found: dict[Contact, list[Draft]] = {}
    for model in dict.fromkeys(model for some in drafts.values() for model, _ in some):
        own = {contact: [values for each, values in some if each is model] for contact, some in drafts.items()}
        there = _there(session, model, [contact for contact, some in own.items() if some])
        for contact, some in own.items():
            known = {_said(detail) for detail in there[contact.id]}
            for values in some:
                if (said := _said(model(**values))) not in known:
                    known.add(said)
                    found.setdefault(contact, []).append((model, values))
    return found


def add_details(session: Session, actor: Actor, drafts: Mapping[Contact, Sequence[Draft]]) -> int:
    """Details that the contacts lack, checked already; the first of its sort becomes the main one. Gives how many were added;
    whoever calls records it. Refused: a group that is closed to the actor, more than MOST of a sort."""
    new = lacking(session, drafts)
    models = dict.fromkeys(model for some in new.values() for model, _ in some)
    for model in models:
        require_details(actor, model)
    begin_versions(session, dict.fromkeys(new))
    for model in models:
        there = _there(session, model, new)
        for contact, some in new.items():
            added = [model(contact_id=contact.id, **values) for each, values in some if each is model]
            if len(there[contact.id]) + len(added) > MOST:
                raise Invalid(_l("A contact can have %(n)d of these at most.", n=MOST))
            session.add_all(added)
            there[contact.id] += added
        session.flush()
        for contact in new:
            for kind in dict.fromkeys(kind_of_detail(detail) for detail in there[contact.id]):
                settle_details(session, contact, model, kind, there[contact.id])
    session.flush()
    return sum(map(len, new.values()))


def _there(session: Session, model: Any, contacts: Iterable[Contact]) -> dict[int, list[Any]]:
    there: dict[int, list[Any]] = defaultdict(list)
    for ids in pieces([contact.id for contact in contacts]):
        for detail in session.scalars(select(model).where(model.contact_id.in_(ids)).order_by(model.id)):
            there[detail.contact_id].append(detail)
    return there


def _said(detail: Any) -> tuple[Any, ...]:
    """By what a detail is the same as another."""
    if "street" in detail_names(type(detail)):
        return detail.kind, text_of(detail)
    return kind_of_detail(detail), text_of(detail)
