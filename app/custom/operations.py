"""Declaring custom fields."""

import json
import re
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import record
from app.custom.fields import CHOICE, TYPES, free_key
from app.custom.models import CustomFieldRow
from app.custom.queries import fields_known
from app.custom.records import subjects
from app.errors import Conflict, Forbidden, Invalid
from app.registry.discovery import field_groups
from app.registry.state import bump_generation
from app.search import fold
from app.security import Actor, require
from app.texts import kept, kept_text
from app.translation import lazy_gettext as _l
from app.versions import begin_version

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
#: characters of a choice
_CHOICE = 100


def save_custom_field(
    session: Session,
    actor: Actor,
    field: CustomFieldRow | None = None,
    *,
    title: str,
    subject: str = "",
    type: str = "",
    key: str = "",
    is_required: bool = False,
    choices: Sequence[str] = (),
    group: str = "",
    is_listed: bool = True,
    position: int = 0,
    is_active: bool = True,
    version: int | None = None,
) -> CustomFieldRow:
    """A new custom field, or what `field` is from now on. Without a key it gets one made of the title.

    A stored field keeps its subject, key and type, as records have values in it; a choice that is no longer offered stays
    where it was recorded. Refused: no title or one that another field in use of the subject has, whatever its case and
    accents; an unknown subject, type or confidential group; a key that is taken or not of small Latin letters, digits and _;
    a list without choices, choices of another type; a field that was saved since `version` (Changed); a change from or to a
    confidential group that the actor doesn't see (Forbidden).
    """
    require(actor, "core.custom_field.manage")
    bump_generation(session)  # first, as it lets in one at a time: two must not both find the same title or key free
    if field is None:
        field = _new(session, subject, type, key, title)
    else:
        begin_version(session, field, version)
    field.title = kept(CustomFieldRow, {"title": title})["title"]
    if not field.title:
        raise Invalid(_l("A field needs a title."), field="title")
    others = select(CustomFieldRow.title).filter_by(subject=field.subject, is_active=True)
    others = others.where(CustomFieldRow.id != field.id) if field.id is not None else others
    if is_active and fold(field.title) in {fold(title) for title in session.scalars(others)}:
        raise Conflict(_l("There is a field “%(title)s” already.", title=field.title))
    summary = f"{field.subject}: {field.title}"
    if group != (before := field.field_group or ""):
        _check_group(actor, before, group)
        summary += f"; confidential: {before or '–'} → {group or '–'}"
    _offer(field, choices)
    field.is_required, field.field_group, field.is_listed = is_required, group, is_listed
    field.position, field.is_active = position, is_active
    session.add(field)
    session.flush()
    session.info |= fields_known(session)
    record(session, "core.custom_field.save", subject="core.custom_field", subject_id=field.id, summary=summary)
    return field


def _new(session: Session, subject: str, type_: str, key: str, title: str) -> CustomFieldRow:
    if subject not in subjects():
        raise Invalid(_l("Choose from the list."), field="subject")
    if type_ not in TYPES:
        raise Invalid(_l("Choose from the list."), field="type")
    keys = select(CustomFieldRow.key)
    taken = set(session.scalars(keys.where(CustomFieldRow.subject == subject)))
    elsewhere = session.scalars(keys.where(CustomFieldRow.subject.startswith(subject.partition(".")[0] + ".")))
    key = key.strip() or free_key(title, taken, set(elsewhere))
    if not _KEY.fullmatch(key):
        message = _l("A key begins with a small Latin letter and has small letters, digits and _, at most 40 of them.")
        raise Invalid(message, field="key")
    if key in taken:
        raise Conflict(_l("The key “%(key)s” is taken.", key=key))
    return CustomFieldRow(subject=subject, type=type_, key=key)


def _check_group(actor: Actor, before: str, group: str) -> None:
    """Refuse a change of a field's confidential group that would open what is closed to the actor, or close it unseen."""
    if group and group not in field_groups():
        raise Invalid(_l("There is no confidential group “%(name)s”.", name=group), field="group")
    for name in filter(None, (before, group)):
        if not actor.sees(name):
            raise Forbidden(name)


def _offer(field: CustomFieldRow, choices: Sequence[str]) -> None:
    """Offer these choices from now on; those offered before are kept for filters."""
    if field.type == CHOICE:
        choices = _choices(choices)
    elif any(choice.strip() for choice in choices):
        message = _l("Only a field of the type “%(type)s” has choices.", type=TYPES[CHOICE])
        raise Invalid(message, field="choices")
    before = (*json.loads(field.retired or "[]"), *json.loads(field.offered or "[]"))
    retired = [choice for choice in dict.fromkeys(before) if choice not in choices]
    field.offered, field.retired = json.dumps(choices, ensure_ascii=False), json.dumps(retired, ensure_ascii=False)


def _choices(choices: Sequence[str]) -> list[str]:
    """The choices without blank ones, each once."""
    found = list(dict.fromkeys(filter(None, (kept_text(choice, _CHOICE, field="choices") for choice in choices))))
    if not found:
        raise Invalid(_l("Write what one can choose from, each on a line of its own."), field="choices")
    return found
