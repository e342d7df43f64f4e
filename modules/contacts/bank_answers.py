"""What becomes of payment orders: voided by us before the bank answers, accepted or rejected by the bank."""

from collections import Counter
from collections.abc import Collection

from sqlalchemy.orm import Session

from app.api.errors import Conflict, Invalid
from app.api.security import Actor, record, require
from app.api.texts import lazy_gettext as _l
from app.api.texts import shortened, visible
from modules.contacts.bank.answers import ACCEPTED, REJECTED, VOIDED, WAITING, Said, read_answer
from modules.contacts.bank_models import BankOrder, BankOrderLine
from modules.contacts.bank_orders import message_of, order_by_id
from modules.contacts.queries import open_of

STATES = {
    WAITING: _l("waits for the statement"),
    ACCEPTED: _l("accepted by the bank"),
    REJECTED: _l("rejected by the bank"),
    VOIDED: _l("voided"),
}
_REASON = 500


def void_orders(session: Session, actor: Actor, order: BankOrder, line_ids: Collection[int], *, reason: str) -> None:
    """Void orders of a batch that the bank hasn't answered: they are left out of its file, and their documents can be paid by
    another batch.

    Refused: none chosen, no reason (Invalid); one that the bank has answered, that is voided or paid already (Conflict), with
    what to do instead. All or none.
    """
    require(actor, "contacts.bank.order")
    lines = [line for line in _locked(session, order) if line.id in set(line_ids)]
    if not lines:
        raise Invalid(_l("Choose at least one order to void."))
    if not visible(reason):
        raise Invalid(_l("Say why it is voided."), field="reason")
    left = open_of(session, [line.document_id for line in lines])
    for line in lines:
        _check_voidable(line, is_paid=not left.get(line.document_id))
    for line in lines:
        line.state, line.reason = VOIDED, shortened(visible(reason), _REASON)
    said = ", ".join(line.reference for line in lines)
    _note(session, "contacts.bank.void", order, f"{said}: {visible(reason)}")


def _check_voidable(line: BankOrderLine, *, is_paid: bool) -> None:
    said = {"reference": line.reference, "document": line.purpose}
    if line.state == ACCEPTED:
        words = _l("%(reference)s (%(document)s): the bank has accepted it. Ask the bank to cancel it.", **said)
        raise Conflict(words)
    if line.state in (REJECTED, VOIDED):
        raise Conflict(_l("%(reference)s (%(document)s) won't be paid anyway: it is rejected or voided.", **said))
    if is_paid:
        words = _l("%(reference)s (%(document)s) is paid already. Reverse the payment if that is wrong.", **said)
        raise Conflict(words)


def take_answer(session: Session, actor: Actor, content: bytes) -> tuple[BankOrder, Counter[str]]:
    """Take a bank's answer (pain.002): the batch that it is about, and how many of its orders were accepted and rejected by it.
    The bank's word goes before ours: what it accepts is paid even if it was voided here.

    Refused (BadFile): what `read_answer` refuses; (Invalid) a message that isn't one of ours, orders that aren't in the batch.
    Nothing is changed then.
    """
    require(actor, "contacts.bank.order")
    answer = read_answer(content)
    number = answer.message.removeprefix(message_of(0)[:-1])
    if answer.message == number or not number.isdecimal() or len(number) > 18:
        raise Invalid(_l("It answers “%(number)s”, which isn't a batch of ours.", number=answer.message))
    order = order_by_id(session, int(number))
    lines = _locked(session, order)
    if unknown := sorted(answer.orders.keys() - {line.reference for line in lines}):
        raise Invalid(_l("It answers the order “%(order)s”, which isn't in that batch.", order=unknown[0]))
    counts: Counter[str] = Counter()
    for line in lines:
        said = answer.orders.get(line.reference, answer.whole)
        if not said.state and answer.whole.state == REJECTED:
            said = answer.whole
        if said.state and _take(line, said):
            counts[said.state] += 1
    summary = ", ".join(f"{state} {count}" for state, count in sorted(counts.items()))
    _note(session, "contacts.bank.answer", order, summary)
    return order, counts


def _take(line: BankOrderLine, said: Said) -> bool:
    """Whether the order stands otherwise now."""
    reason = shortened(said.in_words(), _REASON) if said.state == REJECTED else ""
    if (line.state, line.reason) == (said.state, reason) or (line.state == VOIDED and said.state == REJECTED):
        return False
    line.state, line.reason = said.state, reason
    return True


def _locked(session: Session, order: BankOrder) -> list[BankOrderLine]:
    """The orders of a batch, held until the end."""
    query = session.query(BankOrderLine).filter(BankOrderLine.order_id == order.id)
    return query.order_by(BankOrderLine.id).with_for_update().populate_existing().all()


def _note(session: Session, action: str, order: BankOrder, summary: str) -> None:
    record(session, action, subject="contacts.bank_order", subject_id=order.id, summary=summary[:500])
