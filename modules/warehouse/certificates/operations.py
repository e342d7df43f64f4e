"""Writing standards, certificates and declarations of conformity."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.data import begin_version, remove_rows
from app.api.errors import Conflict, Invalid, NotFound
from app.api.files import entry_of, remove_entry, remove_files_of
from app.api.reference import check_day
from app.api.security import SYSTEM, Actor, record, require
from app.api.texts import kept
from app.api.texts import lazy_gettext as _l
from modules.warehouse.certificates import EDIT
from modules.warehouse.certificates.models import CERTIFICATE, DECLARATION, STANDARD, Certificate
from modules.warehouse.items import items_by_id
from modules.warehouse.models import Item, ItemGroup

#: whose files a certificate's are
SUBJECT = "warehouse.certificate"


def certificate_by_id(session: Session, certificate_id: int) -> Certificate:
    """The certificate; NotFound when there is none."""
    found = session.get(Certificate, certificate_id)
    if found is None:
        raise NotFound
    return found


def add_certificate(
    session: Session, actor: Actor, *, item_id: int | None = None, group_id: int | None = None, **fields: Any
) -> Certificate:
    """A new one, of an item or of all goods in a group: `kind`, `number`, `name`, `issued_by`, `valid_from`, `valid_until`.

    Refused (Invalid): neither item nor group, or both; no number; a last day before the first; (NotFound) an item or group that
    doesn't exist; (Conflict) the same number of the same kind there already.
    """
    require(actor, EDIT)
    if (item_id is None) == (group_id is None):
        raise Invalid(_l("Choose either an item or a group."), field="item_id")
    if item_id is not None:
        items_by_id(session, {item_id})
    elif session.get(ItemGroup, group_id) is None:
        raise NotFound
    row = Certificate(item_id=item_id, group_id=group_id, kind=CERTIFICATE, number="", name="", issued_by="")
    _set(session, row, fields)
    session.add(row)
    session.flush()
    _record(session, row, "create")
    return row


def change_certificate(
    session: Session, actor: Actor, row: Certificate, *, version: int | None = None, **fields: Any
) -> None:
    """Change what is given, but not of what it is. Refused: as `add_certificate` does; what was saved since `version`
    (Changed)."""
    require(actor, EDIT)
    begin_version(session, row, version)
    _set(session, row, fields)
    session.flush()
    _record(session, row, "change")


def remove_certificate(session: Session, actor: Actor, row: Certificate, *, version: int | None = None) -> None:
    """Remove one, with its files. Refused: what was saved since `version` (Changed)."""
    require(actor, EDIT)
    begin_version(session, row, version)
    _record(session, row, "remove")
    remove_files_of(session, SUBJECT, row.id)
    remove_rows(session, Certificate, Certificate.id == row.id)


def remove_scan(session: Session, actor: Actor, row: Certificate, entry_id: int) -> None:
    """Remove one of its files, whoever put it there, without the right to keep files on cards; whoever has that can restore it.
    Refused (NotFound): one that isn't there, or is of another card."""
    require(actor, EDIT)
    remove_entry(session, SYSTEM, entry_of(session, SUBJECT, row.id, entry_id))


def _set(session: Session, row: Certificate, fields: Mapping[str, Any]) -> None:
    values = kept(Certificate, {n: v for n, v in fields.items() if n not in ("item_id", "group_id")})
    if values.get("kind", row.kind) not in (STANDARD, CERTIFICATE, DECLARATION):
        raise Invalid(_l("Choose the kind."), field="kind")
    if not values.get("number", row.number):
        raise Invalid(_l("Type the number."), field="number")
    for name in ("valid_from", "valid_until"):
        if isinstance(values.get(name), date):
            check_day(values[name], field=name)
    first, last = (values.get(name, getattr(row, name)) for name in ("valid_from", "valid_until"))
    if first and last and last < first:
        raise Invalid(_l("The last day lies before the first. Change one of them."), field="valid_until")
    with session.no_autoflush:
        for name, value in values.items():
            setattr(row, name, value)
        _refuse_same(session, row)


def _refuse_same(session: Session, row: Certificate) -> None:
    """One after another, as two who add the same at once would both be right."""
    key, of = (Item.id, row.item_id) if row.group_id is None else (ItemGroup.id, row.group_id)
    session.scalars(select(key).where(key == of).with_for_update(key_share=True)).all()
    same = select(Certificate.id).where(
        Certificate.item_id == row.item_id if row.group_id is None else Certificate.group_id == row.group_id,
        Certificate.kind == row.kind,
        Certificate.number == row.number,
        Certificate.id != (row.id or 0),
    )
    if session.scalars(same).first() is not None:
        raise Conflict(_l("“%(number)s” stands here already.", number=row.number), field="number")


def _record(session: Session, row: Certificate, verb: str) -> None:
    subject, number = ("warehouse.item", row.item_id) if row.item_id else ("warehouse.item_group", row.group_id)
    record(session, f"warehouse.certificate.{verb}", subject=subject, subject_id=number, summary=row.number)
