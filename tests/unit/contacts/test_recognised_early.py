"""A bank's line that pays several documents early, and how much recognising looks at."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

from modules.contacts.bank.recognising import Facts, Movement, OpenDocument, Proposal, propose_all

ANNA, OTTO = 1, 2
DAY, LAST = date(2026, 3, 4), date(2026, 3, 8)


def document(number: int, amount: str, rest: str | None = None, contact: int = ANNA) -> OpenDocument:
    early = (D(rest), LAST) if rest is not None else (None, None)
    return OpenDocument(number, contact, f"S-{number}", D(amount), *early)


FACTS = Facts(
    contacts_by_account={"ANNA": [ANNA], "OTTO": [OTTO]},
    documents=[document(1, "100", "98"), document(2, "200", "196"), document(3, "50"), document(4, "100", "98", OTTO)],
)


def found(amount: str, purpose: str = "", day: date = DAY) -> Proposal:
    return propose_all([Movement(9, day, D(amount), account="ANNA", purpose=purpose)], FACTS)[9]


def test_one_transfer_pays_two_documents_early() -> None:
    for purpose in ("S-1, S-2", ""):  # whether it names them or not
        proposal = found("294", purpose)
        assert proposal.pays == ((1, D(98)), (2, D(196)))
        assert (proposal.reduced, proposal.is_sure) == ((1, 2), True)
    assert found("344").reduced == (1, 2)  # all three
    mixed = found("298", "S-1 and S-2")  # the second in full... less what is let off of the first
    assert (mixed.pays, mixed.reduced) == (((1, D(98)), (2, D(200))), (1,))


def test_what_comes_too_late_or_to_something_else_is_not_paid_early() -> None:
    late = found("294", "S-1 S-2", date(2026, 3, 9))
    assert (late.pays, late.reduced) == (((1, D(100)), (2, D(194))), ())
    assert found("293", "S-1 S-2").reduced == ()


def test_a_line_looks_at_the_documents_alone_that_it_may_be_about() -> None:
    looked: list[int] = []

    class Counting(OpenDocument):
        def __getattribute__(self, name: str) -> object:
            if name == "open":
                looked.append(1)
            return super().__getattribute__(name)

    many = [Counting(n, n, f"S-{n}", D(10)) for n in range(1, 1001)]
    facts = replace(FACTS, contacts_by_account={f"A{n}": [n] for n in range(1, 1001)}, documents=many)
    lines = [Movement(n, DAY, D(10), account=f"A{n}") for n in range(1, 1001)]
    proposals = propose_all(lines, facts)
    assert [proposals[n].pays for n in (1, 1000)] == [((1, D(10)),), ((1000, D(10)),)]
    assert len(looked) < 20 * len(lines)
