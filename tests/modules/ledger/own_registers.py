"""Registers of the tests' own: what is moved from end to end, and what somebody owes; and how tests post to them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal as D
from types import SimpleNamespace
from typing import Any

from sqlalchemy import text

from app import documents, ledger
from app.db import Base
from app.documents import Document
from app.ledger import Floor, Register, Totals, code, dimension, end, exact, word
from app.security import SYSTEM
from app.values import Money, Quantity
from tests import kinds
from tests.rows import rows_of_all_tables

#: Bins of two houses, and a house that may owe what it gives.
SHELF, CELLAR, ATTIC, LENIENT = 11, 12, 21, 31


@contextmanager
def declared() -> Iterator[SimpleNamespace]:
    """The registers; what a test declares must not be among the program's tables and registers when it is over."""
    known, tables = set(Register.declared), set(Base.metadata.tables)

    class Flow(Register):
        """Things on their way from bin to bin."""

        name = "own.flow"
        thing = dimension(None)
        bin = end()
        house = end()
        #: who they are promised to; 0: nobody
        promise = end()
        #: the document that they are used up for
        work = end()
        why = word(10, reversal="reversed", kept=("given",))
        quantity = exact(Quantity)
        value = exact(Money)
        in_bins = Totals(
            by=("thing", "bin"), of=("quantity",), floor=Floor("quantity", guards=lambda key: key[1] != LENIENT)
        )
        in_houses = Totals(by=("thing", "house"))
        promised = Totals(
            by=("thing", "house", "promise"),
            of=("quantity",),
            turnovers=False,
            floor=Floor("quantity", from_now_on=True),
        )
        in_work = Totals(by=("work",), of=("value",), turnovers=False)

    class Debts(Register):
        """What somebody owes us, in their currency and in ours."""

        name = "own.debts"
        party = dimension(None)
        currency = code(3)
        about = dimension(None)
        amount = exact(Money)
        base = exact(Money)
        balance = Totals(by=("party", "currency"))
        open = Totals(by=("party", "about"), of=("amount",), turnovers=False)

    class Cash(Register):
        """What is in the tills: never less than nothing."""

        name = "own.cash"
        till = dimension(None)
        amount = exact(Money)
        in_tills = Totals(by=("till",), floor=Floor("amount"))

    try:
        yield SimpleNamespace(Flow=Flow, Debts=Debts, Cash=Cash)
    finally:
        for name in set(Register.declared) - known:
            del Register.declared[name]
        for name in set(Base.metadata.tables) - tables:
            Base.metadata.remove(Base.metadata.tables[name])


def own_tables() -> list[Any]:
    """Of the registers that are declared, the tables of the tests' own."""
    return [table for name, table in Base.metadata.tables.items() if name.startswith("own_")]


@dataclass
class Clock:
    """A wall clock that stands still until it is set."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Books:
    """What tests do in a company with these registers: each act is a transaction of its own."""

    company: Any
    registers: Any
    #: whose books are written and read; None: the company's first
    organisation: int | None = None
    #: a document that a test has made before it begins
    receipt: int = 0

    def __post_init__(self) -> None:
        self.do(lambda session: Base.metadata.create_all(session.connection(), tables=own_tables()))

    def do(self, work: Callable[[Any], Any]) -> Any:
        """Work and commit."""
        return self.company.database.run(lambda s: work(self._of_organisation(s)), actor=SYSTEM)

    def ask(self, question: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
        """Only read: a function of a session, or of the ledger with its arguments."""
        return self.company.database.run(
            lambda s: question(self._of_organisation(s), *arguments, **more), actor=SYSTEM, write=False
        )

    def post(self, *entries: Any, moment: datetime | None = None) -> int:
        """A posted document with these entries (`flow`, `debt`, `cash`); without a moment, nobody chose one."""
        return int(self.do(lambda session: self.posting(session, *entries, moment=moment).id))

    def posting(
        self,
        session: Any,
        *entries: Any,
        moment: datetime | None = None,
        hold: Any = None,
        kind: type[Document] = kinds.Shipment,
    ) -> Any:
        """The same within a transaction of the test's; `hold` is called once the document is numbered."""
        document = kinds.draft(session, kind, moment)
        document.is_dated = moment is not None

        def move(posting: Any, _documents: Any) -> None:
            if hold is not None:
                hold(posting)
            for line, (register, values) in enumerate(entries, 1):
                more = {name: v(document) if callable(v) else v for name, v in values.items()}
                posting.add(register, document, line, **more)

        kinds.post_by(session, document, move)
        return document

    def reverse(self, document_id: int) -> None:
        """Reverse a document."""
        self.do(
            lambda s: documents.reverse(s, SYSTEM, documents.locked(s, kinds.Shipment, document_id)),
        )

    def flow(self, quantity: Any, source: int, target: int, **more: Any) -> Any:
        """An entry: so much of thing 1 from bin to bin; the first digit of a bin is its house."""
        ends = {"bin": (source, target), "house": tuple(b // 10 if b > 0 else b for b in (source, target))}
        return self.registers.Flow, {"thing": 1, **ends, "quantity": D(quantity), **more}

    def debt(self, amount: Any, *, side: int, **more: Any) -> Any:
        """An entry: party 1 owes so much, in pounds."""
        values = {"party": 1, "currency": "GBP", "amount": D(amount), "base": D(amount), **more}
        return self.registers.Debts, {"side": side, **values}

    def cash(self, amount: Any, **more: Any) -> Any:
        """An entry: so much into till 1, or out of it."""
        return self.registers.Cash, {"till": 1, "side": 1 if D(amount) > 0 else -1, "amount": D(amount), **more}

    def close(self, day: str) -> None:
        """Close the books up to a day."""
        self.sql("UPDATE core_organisation SET closed_until = :day", day=day)

    def verify(self) -> list[str]:
        """Every disagreement in the books."""
        return list(self.ask(lambda s: list(ledger.verify(s))))

    def sql(self, statement: str, **values: Any) -> Any:
        """What someone with a database client does."""
        return self.do(lambda session: session.connection().execute(text(statement), values))

    def rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """What a statement answers."""
        return [tuple(row) for row in self.ask(lambda s: s.connection().execute(text(statement), values).all())]

    def everything(self) -> dict[str, list[str]]:
        """Every row of every table."""
        return dict(self.ask(rows_of_all_tables))

    def _of_organisation(self, session: Any) -> Any:
        if self.organisation is not None:
            session.info["organisation_facts"] = (self.organisation, "GBP", "rate")
        return session
