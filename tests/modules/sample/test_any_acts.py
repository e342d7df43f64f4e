"""Whatever somebody does beside the sample: once it is removed, their books are those of a company that never had any."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trader import Trader, begin_plain, books_of, errors_of, fill_small, remove

from app.company import Company
from app.config import Config
from app.documents import Document
from app.errors import KontorError
from app.security import SYSTEM
from tests.conftest import close

QUANTITIES, PRICES, DAYS = st.integers(1, 30), st.integers(1, 20).map(str), st.integers(0, 40)
ITEMS = st.sampled_from(["HAMMER", "SPIKE"])
#: which of what was done before, counted from the end
WHICH = st.integers(0, 5)
ACTS = st.one_of(
    st.tuples(st.just("buy"), ITEMS, QUANTITIES, PRICES, DAYS),
    st.tuples(st.just("sell"), ITEMS, QUANTITIES, PRICES, DAYS),
    st.tuples(st.just("give_back"), WHICH, QUANTITIES, DAYS),
    st.tuples(st.just("pay"), WHICH, PRICES, DAYS),
    st.tuples(st.just("change"), WHICH, QUANTITIES),
    st.tuples(st.just("undo"), WHICH),
)


class Somebody:
    """One who does the acts in a company, and remembers the documents by their order."""

    def __init__(self, company: Any) -> None:
        self.company, self.made = company, list[int]()

    def do(self, act: tuple[Any, ...]) -> None:
        """One act, in a transaction of its own. Refused as the program refuses it."""
        made = self.company.database.run(lambda session: self._do(Trader(session), *act), actor=SYSTEM)
        if made is not None:
            self.made.append(made)

    def _do(self, trader: Trader, verb: str, *given: Any) -> int | None:
        if verb in ("buy", "sell"):
            return int(getattr(trader, verb)(*given).id)
        which, *more = given
        if which >= len(self.made):
            return None
        document = trader.session.get(Document, self.made[-1 - which])
        if verb == "give_back" and document.kind == "trade.sale":
            quantity, on = more
            line = document.lines[0]
            return int(trader.give_back(document, line.item.code, quantity, str(line.price), on).id)
        if verb == "pay" and document.kind == "trade.sale":
            amount, on = more
            return int(trader.pay(amount, on, pays=[document]).id)
        if verb == "change" and document.kind in ("trade.sale", "trade.purchase"):
            trader.change(document, *more)
        if verb == "undo":
            trader.undo(document)
        return None


@pytest.fixture(scope="module")
def companies(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """By engine: two companies that nobody else has, one of which is sampled. How they begin is done once for each engine's
    files."""
    once = request.getfixturevalue("once")

    def begin_in(url: str, folder: Path, begin: Callable[..., None], costing: str) -> Any:
        company = Company(Config(folder, url, "tests"))
        company.database.run(company.refresh, actor=SYSTEM, write=False)
        company.database.run(lambda s: begin(s, costing), actor=SYSTEM)
        company.database.run(lambda s: Trader(s).item("SPIKE"), actor=SYSTEM)
        return company

    def begun(begin: Callable[..., None], costing: str) -> Path:
        def make(file: Path) -> None:
            shutil.copy(request.getfixturevalue("sqlite_templates")("trade"), file)
            close(begin_in(f"sqlite:///{file}", file.parent, begin, costing))

        return Path(once(f"{begin.__name__}_{costing}.db", make))

    @contextmanager
    def made(engine: str, costing: str) -> Iterator[tuple[Any, Any]]:
        with ExitStack() as stack:
            pair = []
            for begin in (fill_small, begin_plain):
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
                if engine == "sqlite":
                    shutil.copy(begun(begin, costing), folder / "kontor.db")
                    company = Company(Config(folder, f"sqlite:///{folder / 'kontor.db'}", "tests"))
                    company.database.run(company.refresh, actor=SYSTEM, write=False)
                else:
                    url = stack.enter_context(request.getfixturevalue("fresh_copies")("trade").one())
                    company = begin_in(url, folder, begin, costing)
                stack.callback(company.database.dispose)
                pair.append(company)
            yield pair[0], pair[1]

    return made


def _compare(companies: Callable[..., Any], engine: str, costing: str, acts: list[tuple[Any, ...]]) -> None:
    with companies(engine, costing) as (sampled, plain):
        one, other = Somebody(sampled), Somebody(plain)
        for act in acts:
            try:
                other.do(act)
            except KontorError:
                continue  # what the company without a sample refuses isn't done
            one.do(act)
        sampled.database.run(remove, actor=SYSTEM)
        ask = [company.database.run(books_of, actor=SYSTEM, write=False) for company in (sampled, plain)]
        assert ask[0] == ask[1]
        assert sampled.database.run(errors_of, actor=SYSTEM, write=False) == []


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(costing=st.sampled_from(["average", "fifo"]), acts=st.lists(ACTS, max_size=10))
def test_books_are_those_of_a_company_without_a_sample(
    companies: Callable[..., Any], costing: str, acts: list[tuple[Any, ...]]
) -> None:
    _compare(companies, "sqlite", costing, acts)


@settings(max_examples=4, suppress_health_check=list(HealthCheck))
@given(costing=st.sampled_from(["average", "fifo"]), acts=st.lists(ACTS, min_size=4, max_size=10))
def test_on_a_server_too(companies: Callable[..., Any], costing: str, acts: list[tuple[Any, ...]]) -> None:
    _compare(companies, "postgresql", costing, acts)
