"""Showing timelines, with what the core knows itself: the documents made with a record, and who changed its details."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import AuditLine
from app.calling import asked
from app.clock import on_the_wall
from app.documents import Document
from app.files import FileEntry
from app.hooks import timeline
from app.security import Actor, User
from app.web.kit.cards import tabs_of
from app.web.kit.documents.journal import document_address
from app.web.kit.timeline import Place, TimelineEntry, TimelineSource

#: entries of a page
PAGE = 40
CHANGES, FILES = "core.change", "core.file"


@dataclass(frozen=True)
class TimelinePage:
    """A page of a timeline: entries with their source's name, the place after which the next begins, and the sources."""

    entries: Sequence[tuple[str, TimelineEntry]]
    following: str
    sources: Sequence[TimelineSource]
    chosen: str


def timeline_of(session: Session, actor: Actor, target: str, record: Any, arguments: Mapping[str, str]) -> TimelinePage:
    """A page of a record's timeline, as `?what=` (one source) and `?after=` (a place) ask for it. A source that fails is logged
    and left out; what can't be a place is none."""
    sources: list[TimelineSource] = sorted(
        [*_core_sources(session, actor, target, record), *timeline(session, actor, target, record)],
        key=lambda s: s.title,
    )
    place, what = _place(arguments.get("after", "")), arguments.get("what", "")
    chosen = [source for source in sources if source.name == what] or sources
    found: list[tuple[str, TimelineEntry]] = []
    for source in chosen:
        entries = asked(session, source.module, source.name, partial(source.entries, place, PAGE + 1))
        found += ((source.name, entry) for entry in entries if place is None or place.precedes(source.name, entry))
    found.sort(key=lambda each: (each[1].moment, each[0], each[1].id), reverse=True)
    page = found[:PAGE]
    last = page[-1] if len(found) > PAGE else None
    following = str(Place(last[1].moment, last[0], last[1].id)) if last else ""
    return TimelinePage(page, following, sources, what if len(chosen) < len(sources) or len(sources) == 1 else "")


def _place(text: str) -> Place | None:
    moment, _, rest = text.partition("~")
    source, _, number = rest.partition("~")
    try:
        return Place(datetime.fromisoformat(moment).replace(tzinfo=None), source, int(number[:18]))
    except ValueError:
        return None


def _core_sources(session: Session, actor: Actor, target: str, record: Any) -> Iterator[TimelineSource]:
    """The core's own sources of a record's timeline."""
    for kind, mapper in Document.__mapper__.polymorphic_map.items():
        model = mapper.class_
        if model.partner and isinstance(record, model.partner_model()) and Document.scope_over(actor, kind) is not None:
            yield TimelineSource(kind, str(model.title), partial(_documents, session, model, record.id))
    if actor.may("core.file.view") and any(tab.endpoint.endswith("files") for tab in tabs_of(target, record.id)):
        yield TimelineSource(FILES, _("Files"), partial(_files, session, target, record.id))
    if actor.may("core.audit.view"):
        yield TimelineSource(CHANGES, _("Changes of the details"), partial(_changes, session, target, record.id))


def _documents(
    session: Session, model: type[Document], record_id: int, place: Place | None, most: int
) -> Iterable[TimelineEntry]:
    kind = model.custom_subject()
    own = [getattr(model, model.partner) == record_id]
    if place is not None:
        own.append(place.before(kind, model.moment, model.id))
    shown = (model.id, model.moment, model.number, model.state, model.amount, model.currency)
    rows = session.execute(select(*shown).where(*own).order_by(model.moment.desc(), model.id.desc()).limit(most))
    for row in rows:
        number = row.number or _("draft")
        yield TimelineEntry(
            row.moment,
            row.id,
            f"{model.title} {number}",
            "file-text",
            address=document_address(kind, row.id) or "",
            marks={row.state: row.state} if row.state != "posted" else {},
            amount=row.amount or None,
            currency=row.currency,
        )


def _files(session: Session, target: str, record_id: int, place: Place | None, most: int) -> Iterable[TimelineEntry]:
    """The files that were put on the card and are there; of those in a removed folder nobody knows here that they aren't."""
    own = [FileEntry.subject == target, FileEntry.subject_id == record_id, FileEntry.digest.is_not(None)]
    own.append(FileEntry.removed_at.is_(None))
    if place is not None:
        own.append(place.before_utc(FILES, FileEntry.created_at, FileEntry.id))
    query = select(FileEntry.id, FileEntry.name, FileEntry.created_at, User.name.label("who"))
    query = query.outerjoin(User, User.id == FileEntry.author_id).where(*own)
    order = (FileEntry.created_at.desc(), FileEntry.id.desc())
    for row in session.execute(query.order_by(*order).limit(most)):
        address = url_for("core.file_download", target=target, record_id=record_id, entry_id=row.id)
        yield TimelineEntry(on_the_wall(row.created_at), row.id, row.name, "folder", who=row.who or "", address=address)


def _changes(session: Session, target: str, record_id: int, place: Place | None, most: int) -> Iterable[TimelineEntry]:
    own = [AuditLine.subject == target, AuditLine.subject_id == record_id]
    own.append(AuditLine.action.in_([f"{target}.{verb}" for verb in ("create", "change", "merge")]))
    if place is not None:
        own.append(place.before_utc(CHANGES, AuditLine.moment, AuditLine.id))
    lines = session.execute(
        select(AuditLine.id, AuditLine.moment, AuditLine.actor, AuditLine.action)
        .where(*own)
        .order_by(AuditLine.moment.desc(), AuditLine.id.desc())
        .limit(most)
    )
    words = {"create": _("Added"), "change": _("Details changed"), "merge": _("Merged")}
    may_read = session.info["actor"].may("core.audit.view")
    address = url_for("core.audit_change_list", record=f"{target}:{record_id}") if may_read else ""
    for line in lines:
        said = words[line.action.rpartition(".")[2]]
        yield TimelineEntry(on_the_wall(line.moment), line.id, said, "history", who=line.actor, address=address)
