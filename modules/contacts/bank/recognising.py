"""What a bank's line is most likely about: rules over what is known, the same answer each time, and why.

Surest first: what is in the books already, an own account, an order that we sent, a remembered rule; then whose it is (by the
account, the tax number, a document's number, the name), and which documents it pays (by their numbers, by the amount, or the
oldest first).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import combinations

from app.api.texts import lazy_gettext as _l
from modules.contacts.bank.statement import bare

#: of so many documents it is tried which of them are paid early; of more all or none
_TRIED = 10
#: So many days lie at most between a payment that was recorded by hand and its line.
NEAR = 5

#: why: by its code, in words
REASONS = {
    "books": _l("in the books already"),
    "own": _l("between own accounts"),
    "rule": _l("as the last time"),
    "order": _l("our payment order"),
    "account": _l("by the account"),
    "tax_id": _l("by the tax number"),
    "number": _l("by a document's number"),
    "name": _l("by the name"),
    "numbers": _l("pays the documents that it names"),
    "amount": _l("the amount is a document's"),
    "reduced": _l("the amount is a document's less the early-payment discount"),
    "all_reduced": _l("the amount is that of several documents less their early-payment discounts"),
    "all": _l("the amount is all that is open"),
    "oldest": _l("pays the oldest first"),
    "advance": _l("nothing is open: an advance"),
}


@dataclass(frozen=True, slots=True)
class Movement:
    """A line, as far as it is recognised by."""

    id: int
    day: date
    amount: Decimal
    name: str = ""
    #: the name as names are compared
    folded: str = ""
    account: str = ""
    tax_id: str = ""
    purpose: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """A document of which something is open; above zero the contact owes us."""

    id: int
    contact_id: int
    number: str
    open: Decimal
    #: above zero: what pays all of it with the early-payment discount, until which day; None: nothing is let off
    rest: Decimal | None = None
    until: date | None = None

    def is_reduced(self, amount: Decimal, day: date) -> bool:
        """Whether an amount, above zero, is what is to be paid of it by a day."""
        return self.off(day) > 0 and amount == self.rest

    def off(self, day: date) -> Decimal:
        """What is let off where all of it is paid on a day."""
        is_early = self.until is not None and self.rest is not None and day <= self.until
        return abs(self.open) - self.rest if is_early and self.rest is not None else Decimal(0)


@dataclass(frozen=True, slots=True)
class Booked:
    """What is in the books on the same account and on no line yet; `amount` above zero came in."""

    id: int
    day: date
    amount: Decimal
    contact_id: int | None = None


@dataclass(frozen=True, slots=True)
class Ordered:
    """A line of a payment order that we sent to the bank."""

    reference: str
    amount: Decimal
    contact_id: int
    document_id: int


@dataclass
class Facts:
    """What is known beforehand. `documents` are oldest first."""

    own_accounts: Mapping[str, int] = field(default_factory=dict)
    contacts_by_account: Mapping[str, Sequence[int]] = field(default_factory=dict)
    contacts_by_tax_id: Mapping[str, Sequence[int]] = field(default_factory=dict)
    contacts_by_name: Mapping[str, Sequence[int]] = field(default_factory=dict)
    documents: Sequence[OpenDocument] = ()
    #: signature → expense item
    rules: Mapping[str, int] = field(default_factory=dict)
    booked: Sequence[Booked] = ()
    ordered: Sequence[Ordered] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to make of a line: one of the four; with a contact, the documents that it pays (None: the oldest first)."""

    contact_id: int | None = None
    expense_item_id: int | None = None
    other_account_id: int | None = None
    booked_id: int | None = None
    pays: tuple[tuple[int, Decimal], ...] | None = None
    #: documents of which the rest is let off, as they are paid early
    reduced: tuple[int, ...] = ()
    #: keys of REASONS
    reasons: tuple[str, ...] = ()
    #: whether it may be confirmed without anybody looking at it
    is_sure: bool = False


def signature(movement: Movement) -> str:
    """By what a rule knows a line again: which way, the other side, and the purpose without its figures, dates and case."""
    words = "".join(sign for sign in movement.purpose.casefold() if sign.isalpha())
    side = bare(movement.account) or bare(movement.name.casefold())
    return f"{'in' if movement.amount > 0 else 'out'}|{side}|{words[:60]}"[:160]


def propose_all(movements: Iterable[Movement], facts: Facts) -> dict[int, Proposal]:
    """By line: what is proposed. What one line would pay or is, no later one is proposed for. Each line looks at
    the documents alone that it may be about, and at all that was booked or ordered."""
    open_now = {document.id: document for document in facts.documents}
    near, booked = _Near(facts), list(facts.booked)
    found: dict[int, Proposal] = {}
    for movement in movements:
        left = replace_facts(facts, [open_now[i] for i in near.of(movement)], booked)
        proposal = propose(movement, left)
        if proposal is None:
            continue
        found[movement.id] = proposal
        booked = [one for one in booked if one.id != proposal.booked_id]
        for document_id, part in proposal.pays or ():
            document = open_now[document_id]
            part = abs(document.open) if document_id in proposal.reduced else part
            rest = document.open - part if document.open > 0 else document.open + part
            open_now[document_id] = replace(document, open=rest, until=None)
    return found


class _Near:
    """Which documents a line may be about: those that it names, those of whoever it may be from, those that were ordered."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._rank = {document.id: n for n, document in enumerate(facts.documents)}
        self._whose, self._by_contact = {}, defaultdict(list)
        self._by_number: dict[str, list[int]] = defaultdict(list)
        for document in facts.documents:
            self._whose[document.id] = document.contact_id
            self._by_contact[document.contact_id].append(document.id)
            self._by_number[bare(document.number.casefold())].append(document.id)

    def of(self, movement: Movement) -> list[int]:
        """Their numbers, the oldest first."""
        named = [i for word in _words(movement) if word for i in self._by_number.get(word, ())]
        contacts = {self._whose[i] for i in named}
        for known, by in (
            (self._facts.contacts_by_account, bare(movement.account)),
            (self._facts.contacts_by_tax_id, movement.tax_id),
            (self._facts.contacts_by_name, movement.folded),
        ):
            contacts |= set(known.get(by, ())) if by else set()
        ordered = [one.document_id for one in _ordered_by(movement, self._facts) if one.document_id in self._rank]
        found = {*named, *ordered, *(i for contact in contacts for i in self._by_contact.get(contact, ()))}
        return sorted(found, key=self._rank.__getitem__)


def replace_facts(facts: Facts, documents: Sequence[OpenDocument], booked: Sequence[Booked]) -> Facts:
    """The same facts with what is still open and on no line."""
    return replace(facts, documents=[d for d in documents if d.open], booked=booked)


def propose(movement: Movement, facts: Facts) -> Proposal | None:
    """What a line is most likely about; None where nothing tells."""
    whose, why = _contact(movement, facts)
    if (booked := _booked(movement, facts, whose)) is not None:
        sure = whose is not None and booked.contact_id == whose
        return Proposal(booked_id=booked.id, reasons=("books",), is_sure=sure)
    if (own := facts.own_accounts.get(bare(movement.account))) is not None:
        return Proposal(other_account_id=own, reasons=("own",), is_sure=True)
    if ordered := _ordered(movement, facts):
        parts = tuple((one.document_id, one.amount) for one in ordered)
        reduced = _reduced(movement, facts.documents, parts)
        return Proposal(contact_id=ordered[0].contact_id, pays=parts, reduced=reduced, reasons=("order",), is_sure=True)
    if (item := facts.rules.get(signature(movement))) is not None:
        return Proposal(expense_item_id=item, reasons=("rule",), is_sure=True)
    if whose is None:
        return None
    pays, how = _pays(movement, [d for d in facts.documents if d.contact_id == whose])
    paid = sum((part for _, part in pays or ()), Decimal(0))
    exact = how in ("numbers", "amount", "reduced", "all", "all_reduced") and paid == abs(movement.amount)
    sure = exact and (why in ("account", "tax_id") or (why == "number" and _same_name(movement, facts, whose)))
    reduced = _reduced(movement, facts.documents, pays or ())
    return Proposal(contact_id=whose, pays=pays, reduced=reduced, reasons=(why, how), is_sure=sure)


def _reduced(
    movement: Movement, documents: Iterable[OpenDocument], pays: Iterable[tuple[int, Decimal]]
) -> tuple[int, ...]:
    """Those of the documents paid that come to just that with their early-payment discount, on the line's day."""
    parts = dict(pays)
    return tuple(d.id for d in documents if d.id in parts and d.is_reduced(parts[d.id], movement.day))


def _booked(movement: Movement, facts: Facts, whose: int | None) -> Booked | None:
    """A payment of the same amount and of days nearby; of several that of the same contact, then the nearest."""
    near = [
        one
        for one in facts.booked
        if one.amount == movement.amount
        and abs((one.day - movement.day).days) <= NEAR
        and (whose is None or one.contact_id in (None, whose))
    ]
    return min(near, key=lambda b: (b.contact_id != whose, abs((b.day - movement.day).days), b.id), default=None)


def _ordered(movement: Movement, facts: Facts) -> list[Ordered]:
    """The lines of the order that its reference names, where they come to it."""
    some = _ordered_by(movement, facts)
    still_open = {document.id for document in facts.documents}
    fits = movement.amount < 0 and sum((one.amount for one in some), Decimal(0)) == -movement.amount
    return some if fits and all(one.document_id in still_open for one in some) else []


def _ordered_by(movement: Movement, facts: Facts) -> list[Ordered]:
    said = f"{bare(movement.reference)} {bare(movement.purpose)}".split()
    return [one for one in facts.ordered if bare(one.reference) in said]


def _contact(movement: Movement, facts: Facts) -> tuple[int | None, str]:
    """Whose it is, and why; nobody's where two would do."""
    for why, candidates in (
        ("account", facts.contacts_by_account.get(bare(movement.account), ()) if movement.account else ()),
        ("tax_id", facts.contacts_by_tax_id.get(movement.tax_id, ()) if movement.tax_id else ()),
        ("number", {d.contact_id for d in _named(movement, facts.documents)}),
        ("name", facts.contacts_by_name.get(movement.folded, ()) if movement.folded else ()),
    ):
        if len(set(candidates)) == 1:
            return next(iter(candidates)), why
    return None, ""


def _same_name(movement: Movement, facts: Facts, contact_id: int) -> bool:
    return contact_id in facts.contacts_by_name.get(movement.folded, ())


def _named(movement: Movement, documents: Sequence[OpenDocument]) -> list[OpenDocument]:
    """The documents whose numbers stand in the purpose or the reference as words of their own, owed the right way round."""
    words = _words(movement)
    return [
        d
        for d in documents
        if (d.open > 0) == (movement.amount > 0) and d.number and bare(d.number.casefold()) in words
    ]


def _words(movement: Movement) -> set[str]:
    text = f" {movement.purpose} {movement.reference} ".casefold()
    return {bare(word) for word in text.replace(",", " ").replace(";", " ").replace("№", " ").split()}


def _pays(movement: Movement, documents: Sequence[OpenDocument]) -> tuple[tuple[tuple[int, Decimal], ...] | None, str]:
    """Which of a contact's documents it pays, and how that was found."""
    right = [d for d in documents if (d.open > 0) == (movement.amount > 0)]
    amount = abs(movement.amount)
    if named := _named(movement, right):
        return _early(named, amount, movement.day) or tuple(_filled(named, amount)), "numbers"
    same = [d for d in right if abs(d.open) == amount]
    if len(same) == 1:
        return ((same[0].id, amount),), "amount"
    early = [d for d in right if d.is_reduced(amount, movement.day)]
    if len(early) == 1 and not same:
        return ((early[0].id, amount),), "reduced"
    if right and sum((abs(d.open) for d in right), Decimal(0)) == amount:
        return tuple((d.id, abs(d.open)) for d in right), "all"
    if parts := _early(right, amount, movement.day) or _two_early(right, amount, movement.day):
        return parts, "all_reduced"
    return (None, "oldest") if right else ((), "advance")


def _early(documents: Sequence[OpenDocument], amount: Decimal, day: date) -> tuple[tuple[int, Decimal], ...] | None:
    """What pays all of the documents where some are paid early, in the only way in which that comes to the amount; None: there
    is none, or more than one."""
    more = sum((abs(d.open) for d in documents), Decimal(0)) - amount
    early = [d for d in documents if d.off(day)]
    if more <= 0 or not early:
        return None
    sizes = range(1, len(early) + 1) if len(early) <= _TRIED else (len(early),)
    ways = [some for n in sizes for some in combinations(early, n) if sum(d.off(day) for d in some) == more]
    if len(ways) != 1:
        return None
    reduced = {d.id for d in ways[0]}
    return tuple((d.id, d.rest if d.id in reduced and d.rest is not None else abs(d.open)) for d in documents)


def _two_early(documents: Sequence[OpenDocument], amount: Decimal, day: date) -> tuple[tuple[int, Decimal], ...] | None:
    """The only two of the documents whose rests come to the amount, both paid early; None: there are none, or more."""
    rests = [(d.id, d.rest) for d in documents if d.rest is not None and d.off(day)]
    by_rest: dict[Decimal, list[int]] = defaultdict(list)
    ways = []
    for number, rest in rests:
        ways += [((other, amount - rest), (number, rest)) for other in by_rest.get(amount - rest, ())]
        by_rest[rest].append(number)
    return ways[0] if len(ways) == 1 else None


def _filled(documents: Sequence[OpenDocument], amount: Decimal) -> Iterable[tuple[int, Decimal]]:
    for document in documents:
        part = min(amount, abs(document.open))
        if part:
            yield document.id, part
        amount -= part
