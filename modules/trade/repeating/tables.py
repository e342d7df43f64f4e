"""The list of repeated documents, and what a document's own page says of it."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.documents import Document, kind_of
from app.api.prints import Fact
from app.api.texts import lazy_gettext as _l
from app.api.web import Column, Filter, Link, Table
from modules.trade.repeating.dates import EVERY
from modules.trade.repeating.models import STATES, Repetition, RepetitionTurn
from modules.trade.repeating.operations import REPEATED, VIEW


def _source(session: Session) -> Any:
    actor = session.info["actor"]
    open_kinds = [kind for kind in REPEATED if actor.may(f"{kind}.view")]
    joined = select().select_from(Repetition).join(Document, Document.id == Repetition.source_id)
    return joined.where(Document.kind.in_(open_kinds))


repetitions = Table(
    name="trade.repetition",
    title=_l("Repeating documents"),
    needs=VIEW,
    source=_source,
    key=Repetition.id,
    columns=(
        Column(
            "number",
            _l("Document"),
            func.coalesce(Document.number, Document.summary),
            headline=True,
            link=Link("trade.repetition_view", repetition_id="id"),
        ),
        Column("summary", _l("With whom"), Document.summary),
        Column("every", _l("How often"), Repetition.every, choices=EVERY),
        Column("due", _l("Next day"), Repetition.due, "date", nullable=True),
        Column("until", _l("Last day"), Repetition.until, "date", nullable=True),
        Column("posts", _l("Post at once"), Repetition.posts, "flag"),
        Column("mails", _l("Send by e-mail"), Repetition.mails, "flag"),
        Column("state", _l("State"), Repetition.state, choices=STATES),
        Column("error", _l("Error"), Repetition.error),
        Column("id", "", Repetition.id, hidden=True, sortable=False),
    ),
    order="due",
    search=(func.lower(Document.number), func.lower(Document.summary)),
    filters=(
        Filter("state", _l("State"), lambda value: Repetition.state == value, tuple(STATES.items())),
        Filter("failed", _l("Error"), lambda _yes: Repetition.error != "", (("yes", _l("with an error")),)),
        Filter("since", _l("Since"), lambda day: Repetition.due >= day, kind="date"),
        Filter("until", _l("Until"), lambda day: Repetition.due <= day, kind="date"),
    ),
    empty=_l("Nothing is repeated yet. Open a sale, an order or an invoice and press “Repeat…”."),
    is_found=False,
)


def repetitions_of(session: Session, document: Document) -> Sequence[Fact]:
    """How a document is repeated, and of which one it was made so."""
    facts = []
    asked = select(Repetition).where(Repetition.source_id == document.id).order_by(Repetition.id)
    for found in session.scalars(asked):
        when = EVERY[found.every] if found.due is not None else STATES[found.state]
        facts.append(_fact(when, found.id, found.due if found.due is not None else _("nothing more")))
    made = select(Repetition).join(RepetitionTurn, RepetitionTurn.repetition_id == Repetition.id)
    for found in session.scalars(made.where(RepetitionTurn.document_id == document.id)):
        source = session.get(Document, found.source_id)
        if source is not None:
            name = f"{kind_of(source).model.title} {source.number or ''}".strip()
            facts.append(_fact(_l("Made by the repetition of"), found.id, name))
    return facts


def _fact(title: object, repetition_id: int, value: Any) -> Fact:
    kind = "text" if isinstance(value, str) else "date"
    link: dict[str, Any] = {"endpoint": "trade.repetition_view", "arguments": (("repetition_id", repetition_id),)}
    return Fact(title, value, kind, needs=VIEW, **link)
