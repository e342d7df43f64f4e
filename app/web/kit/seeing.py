"""What the audit keeps of what people are shown: one place for cards, forms, lists, searches, prints and files.

A card, its form and an export are a line each, written before the answer is sent. Lists and searches are looks: what one person
saw of one list in a minute is one line, with how many rows (`app.audit.looks`).
"""

from collections.abc import Iterable
from typing import Any

from app.audit import note_look, record
from app.registry.discovery import watched_groups
from app.search.asking import Hit
from app.web.edge.request import current_session
from app.web.kit.tables import Column


def note_card(target: str, record_id: int, called: str) -> None:
    """The user is shown a record with what it says in confidential fields: its card, or the form that changes it."""
    record(current_session(), f"{target}.view", subject=target, subject_id=record_id, summary=called)


def note_export(name: str, summary: str, *, subject: str | None = None, subject_id: int | None = None) -> None:
    """The user takes a file of a list, or of one record, along."""
    record(
        current_session(),
        "core.list.export",
        subject=subject or name,
        subject_id=subject_id,
        summary=summary if subject is None else f"{name}: {summary}",
    )


def note_list(
    name: str,
    columns: Iterable[Column],
    rows: int,
    *,
    way: str,
    subject: str | None = None,
    subject_id: int | None = None,
    hits: Iterable[Hit] = (),
) -> None:
    """The user is shown so many rows of a list; it counts as a look where a column is of a group that is watched, or where a
    row says by which text of such a group it was found (`hits`)."""
    shown = {*(c.group for c in columns), *(hit.group for hit in hits)}
    if rows and shown & watched_groups():
        note_look(current_session(), name, rows=rows, way=way, subject=subject, subject_id=subject_id)


def note_hits(name: str, hits: Iterable[Hit], *, way: str) -> None:
    """The user is shown records with the texts by which they were found, where that isn't their name."""
    shown = sum(hit.group in watched_groups() for hit in hits)
    note_list(name, (), shown, way=way, hits=hits)


def note_rows(name: str, rows: int, *, subject: str, subject_id: int, way: str = "form") -> None:
    """The user is shown rows of a watched group that stand in no list of ours, such as what is open beside a payment's form."""
    if rows:
        note_look(current_session(), name, rows=rows, way=way, subject=subject, subject_id=subject_id)


def shown_record(known: dict[str, Any]) -> dict[str, Any]:
    """On whose card a list stands, as its page knows it."""
    card: Any = known.get("card")
    if card is None:
        return {}
    shown: Any = known["record"]
    return {"subject": card.target_of(shown), "subject_id": shown.id}
