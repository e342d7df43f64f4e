"""What a scanner's task becomes: a receipt, a transfer or a bin move, by the operations of every document."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.api.documents import Document, Draft, post, save
from app.api.security import Actor
from modules.warehouse.bins.kinds import BinMoveDraft, BinMoveLineDraft
from modules.warehouse.bins.models import BinMove
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Receipt, Transfer
from modules.warehouse.scanner.lists import Scanned

#: task → the kind of document that it becomes
KINDS: dict[str, type[Document]] = {"receive": Receipt, "move": Transfer, "put": BinMove}


def right_of(task: str, verb: str) -> str:
    """The right to draft or post what a task becomes."""
    return f"{KINDS[task].__mapper_args__['polymorphic_identity']}.{verb}"


def finish_task(
    session: Session,
    actor: Actor,
    task: str,
    scanned: Sequence[Scanned],
    *,
    source_id: int | None,
    target_id: int | None,
    is_posted: bool,
    operation_id: str,
) -> Document:
    """Save what was scanned as a document, and post it if `is_posted`. Sent twice, it is done once. Goods that are received
    come in at their average cost until somebody says what they cost. What is put away lies in the warehouse `source_id`.

    Refused: what saving and posting refuse; the same operation id with other content, once it is posted (SentBefore).
    """
    draft = _bin_move(scanned, source_id) if task == "put" else _movement(scanned, source_id, target_id)
    draft.operation_id = operation_id
    document: Document = save(session, actor, KINDS[task], draft)
    if is_posted and document.state == "draft":
        post(session, actor, [document])
    return document


def _movement(scanned: Sequence[Scanned], source_id: int | None, target_id: int | None) -> Draft:
    lines = [
        MovementLineDraft(
            each.line,
            each.quantity,
            lots=each.lots,
            expires=each.expires,
            logistic_unit=each.logistic_unit,
        )
        for each in scanned
    ]
    return MovementDraft(lines, source_id=source_id, target_id=target_id)


def _bin_move(scanned: Sequence[Scanned], place_id: int | None) -> Draft:
    lines = [
        BinMoveLineDraft(each.line, each.quantity, lots=each.lots, from_bin=each.from_bin, to_bin=each.to_bin)
        for each in scanned
    ]
    return BinMoveDraft(place_id=place_id or 0, lines=lines)
