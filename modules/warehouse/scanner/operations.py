"""What a scanner's task becomes: a receipt or a transfer, by the operations of every document."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.api.documents import post, save
from app.api.security import Actor
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Movement, Receipt, Transfer
from modules.warehouse.scanner.lists import Scanned

#: task → the kind of document that it becomes
KINDS: dict[str, type[Movement]] = {"receive": Receipt, "move": Transfer}


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
) -> Movement:
    """Save what was scanned as a document, and post it if `is_posted`. Sent twice, it is done once. Goods that are received
    come in at their average cost until somebody says what they cost.

    Refused: what saving and posting refuse; the same operation id with other content, once it is posted (SentBefore).
    """
    lines = [MovementLineDraft(each.line, each.quantity, lots=each.lots, expires=each.expires) for each in scanned]
    draft = MovementDraft(lines, source_id=source_id, target_id=target_id, operation_id=operation_id)
    document = save(session, actor, KINDS[task], draft)
    if is_posted and document.state == "draft":
        post(session, actor, [document])
    return document
