"""What a bank answers to payment orders: pain.002 of ISO 20022, in every version."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.api.texts import lazy_gettext as _l
from modules.contacts.bank.camt import Element, children_of, first_of, name_of, text_of, tree_of
from modules.contacts.bank.statement import BadFile

WAITING, ACCEPTED, REJECTED, VOIDED = "waiting", "accepted", "rejected", "voided"
#: what the bank says of a message, a batch or an order → what that is here; anything else says nothing yet
_STATES = {
    **dict.fromkeys(("ACTC", "ACCP", "ACSP", "ACSC", "ACWC", "ACWP", "ACCC"), ACCEPTED),
    **dict.fromkeys(("RJCT", "CANC"), REJECTED),
}
#: codes of ISO 20022 (external code set of status reasons) → words
REASONS = {
    "AC01": _l("the account number is wrong"),
    "AC04": _l("the account is closed"),
    "AC06": _l("the account is blocked"),
    "AG01": _l("payments from or to this account aren't allowed"),
    "AG02": _l("the bank doesn't know this kind of payment"),
    "AM02": _l("the amount is too large"),
    "AM03": _l("the account is in another currency"),
    "AM04": _l("there isn't enough money on the account"),
    "AM05": _l("the same payment was sent before"),
    "BE05": _l("whoever sent it isn't known"),
    "CUST": _l("it was cancelled at the customer's request"),
    "DT01": _l("the day is wrong"),
    "DU01": _l("the same file was sent before"),
    "FF01": _l("the file isn't in the bank's format"),
    "MS03": _l("the bank says no reason"),
    "RC01": _l("the bank's code is wrong"),
    "RR04": _l("a law or rule forbids it"),
    "TM01": _l("it came after the bank's time for that day"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of an order: accepted, rejected, or empty where nothing is decided; codes and words of why."""

    state: str
    codes: tuple[str, ...] = ()
    words: str = ""

    def in_words(self) -> str:
        """Why, in the reader's language as far as the codes are known, and in the bank's words."""
        known = [f"{REASONS[code]} ({code})" if code in REASONS else code for code in self.codes]
        return "; ".join([*known, *([self.words] if self.words else [])])


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to one message. `whole`: what is said of all its orders; `orders`: of single ones, by reference."""

    message: str
    whole: Said
    orders: Mapping[str, Said] = field(default_factory=dict)


def read_answer(content: bytes) -> Answer:
    """The answer that a file is. Refused (BadFile): what isn't pain.002, an answer that names no message."""
    root = tree_of(content)
    report = next((e for e in root.iter() if name_of(e) == "CstmrPmtStsRpt"), None)
    if report is None:
        raise BadFile(_l("this isn't a bank's answer to payment orders (pain.002)."))
    group = first_of(report, "OrgnlGrpInfAndSts")
    message = text_of(group, "OrgnlMsgId")
    if not message:
        raise BadFile(_l("it doesn't say which payment orders it answers."), tag="OrgnlMsgId")
    whole, orders = _said(group, "GrpSts"), dict[str, Said]()
    for batch in children_of(report, "OrgnlPmtInfAndSts"):
        of_batch = _said(batch, "PmtInfSts")
        whole = of_batch if of_batch.state else whole
        orders |= _orders(batch)
    return Answer(message, whole, orders)


def _orders(batch: Element) -> dict[str, Said]:
    found = {}
    for order in children_of(batch, "TxInfAndSts"):
        if reference := text_of(order, "OrgnlEndToEndId", "OrgnlInstrId"):
            found[reference] = _said(order, "TxSts")
    return found


def _said(element: Element | None, status: str) -> Said:
    reasons = list(children_of(element, "StsRsnInf"))
    codes = tuple(code for code in (text_of(each, "Rsn/Cd", "Rsn/Prtry") for each in reasons) if code)
    words = " ".join(_words(reasons))
    return Said(_STATES.get(text_of(element, status), ""), codes, words)


def _words(reasons: list[Element]) -> Iterator[str]:
    for each in reasons:
        for line in children_of(each, "AddtlInf"):
            yield " ".join((line.text or "").split())
