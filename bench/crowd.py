"""`python -m bench crowd [--engine sqlite|postgresql] [--seconds N] [--writers N] [--items N] [--json]`: many write at once.

Writers, each with a connection of their own and in several processes, receive, sell, move between two warehouses and reverse
what they did, all with the same few items, of which there is never enough. Every act goes as a request would: what others stood
in the way of is done again. Then the books are proved, and what is left of each item is what the writers say.

Ends with 1 when anything went wrong: an error other than a refusal for want of goods, goods sold twice or lost, books that
don't agree.
"""

import argparse
import json
import logging
import multiprocessing
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import func, select

from app import ledger
from app.audit import verify as verify_audit
from app.clock import wall_clock
from app.company import Company
from app.config import Config
from app.documents import Document, locked, post, reverse, save
from app.errors import KontorError
from app.security import SYSTEM
from app.setup import create_company
from bench.server import postgresql
from modules.contacts.operations import create_contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.warehouse.errors import NotEnoughFree, NotEnoughStock, NotThere
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Receipt, Transfer
from modules.warehouse.operations import create_item, create_place
from modules.warehouse.registers import Stock

ENGINES = ("sqlite", "postgresql")
#: of each item, when it begins: so few that most sales meet others at the last piece
FEW = 30
PROCESSES = 4
#: what a writer does, and how often of a hundred
ACTS = {"sell": 55, "receive": 20, "send": 15, "reverse": 10}

Change = Counter[tuple[int, int]]


def main(arguments: list[str]) -> None:
    """Write for a while, prove, print."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    parser = argparse.ArgumentParser(prog="python -m bench crowd", description="Many write at once.")
    parser.add_argument("--engine", choices=ENGINES, action="append", help="only this one")
    parser.add_argument("--seconds", type=float, default=60, help="of each engine (%(default)s)")
    parser.add_argument("--writers", type=int, default=32, help="(%(default)s)")
    parser.add_argument("--items", type=int, default=20, help="(%(default)s)")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    is_wrong = False
    for engine in asked.engine or ENGINES:
        with tempfile.TemporaryDirectory() as folder:
            if engine == "postgresql":
                with postgresql(Path(folder)) as url:
                    found = _write(url, Path(folder), asked)
            else:
                found = _write(f"sqlite:///{folder}/kontor.db", Path(folder), asked)
        is_wrong |= bool(found["wrong"])
        said = {"engine": engine, **found}
        print(json.dumps(said) if asked.json else "  ".join(f"{k} {v}" for k, v in said.items()), flush=True)
    sys.exit(is_wrong)


def _write(url: str, folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    company = Company(Config(folder, url, "crowd"))
    create_company(
        company,
        organisation="Crowd Ltd",
        country="GB",
        currency="GBP",
        edition="trade",
        login="bench",
        password="correct horse battery",
    )
    world = company.database.run(lambda session: _fill(session, asked.items), actor=SYSTEM)
    company.database.engine.dispose()
    share = [asked.writers // PROCESSES + (n < asked.writers % PROCESSES) for n in range(PROCESSES)]
    context = multiprocessing.get_context("spawn")
    answers: Any = context.Queue()
    crowd = [
        context.Process(target=_process, args=(url, str(folder), world, n, count, asked.seconds, answers))
        for n, count in enumerate(share)
        if count
    ]
    for process in crowd:
        process.start()
    done, moved, wrong = Counter[str](), Change(), list[str]()
    for _ in crowd:
        some_done, some_moved, some_wrong = answers.get()
        done, wrong = done + some_done, wrong + some_wrong
        moved.update(some_moved)
    for process in crowd:
        process.join()
    wrong += company.database.run(lambda s: _not_as_said(s, world, moved), actor=SYSTEM, write=False)
    posted = sum(count for what, count in done.items() if what != "refused")
    return {
        "posted": posted,
        "a second": round(posted / asked.seconds, 1),
        **dict(sorted(done.items())),
        "wrong": sorted(set(wrong))[:20],
    }


def _fill(session: Any, count: int) -> dict[str, Any]:
    shop = create_place(session, SYSTEM, code="shop", name="Shop").id
    items = [create_item(session, SYSTEM, code=f"I{n:02}", name=f"Item {n}").id for n in range(count)]
    contact = create_contact(session, SYSTEM, kind="legal_entity", name="Buyer Ltd").id
    lines = [MovementLineDraft(item, Decimal(FEW), Decimal(3)) for item in items]
    opening = MovementDraft(lines, target_id=FIRST_WAREHOUSE, moment=datetime(2026, 1, 1))
    post(session, SYSTEM, [save(session, SYSTEM, Receipt, opening)])
    return {"items": items, "places": [FIRST_WAREHOUSE, shop], "contact": contact}


def _process(
    url: str, folder: str, world: dict[str, Any], number: int, writers: int, seconds: float, answers: Any
) -> None:
    company = Company(Config(Path(folder), url, "crowd"))
    company.database.run(company.refresh, actor=SYSTEM, write=False)
    ends = time.monotonic() + seconds
    crowd = [_Writer(company, world, 1000 * number + n) for n in range(writers)]
    threads = [threading.Thread(target=writer.go, args=(ends,)) for writer in crowd]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done, moved = Counter[str](), Change()
    for writer in crowd:
        done += writer.done
        moved.update(writer.moved)
    answers.put((done, moved, [line for writer in crowd for line in writer.wrong]))


class _Writer:
    """One of the crowd: what it did, what of which item it moved into which place, and what went wrong."""

    def __init__(self, company: Company, world: dict[str, Any], seed: int) -> None:
        self.company, self.world, self.chance = company, world, random.Random(seed)
        self.done, self.moved, self.wrong = Counter[str](), Change(), list[str]()
        #: its documents that it may still reverse
        self.own: list[tuple[type[Document], int, Change]] = []

    def go(self, ends: float) -> None:
        while time.monotonic() < ends:
            (what,) = self.chance.choices(list(ACTS), list(ACTS.values()))
            if what == "reverse" and not self.own:
                continue
            try:
                getattr(self, what)()
            except (NotEnoughStock, NotEnoughFree, NotThere):
                self.done["refused"] += 1
            except KontorError as error:
                self.wrong.append(f"{what}: {type(error).__name__}: {error}")
            except Exception as error:
                self.wrong.append(f"{what}: {type(error).__name__}: {str(error)[:200]}")
            else:
                self.done[what] += 1

    def sell(self) -> None:
        lines, place = self._lines(), self.chance.choice(self.world["places"])
        draft = TradeDraft(
            lines=[TradeLineDraft(item, Decimal(n), Decimal(5)) for item, n in lines],
            contact_id=self.world["contact"],
            place_id=place,
            moment=wall_clock(),
        )
        self._post(Sale, draft, Counter({(item, place): -n for item, n in lines}))

    def receive(self) -> None:
        lines, place = self._lines(), self.chance.choice(self.world["places"])
        draft = MovementDraft(
            [MovementLineDraft(item, Decimal(n), Decimal(self.chance.randint(1, 9))) for item, n in lines],
            target_id=place,
        )
        self._post(Receipt, draft, Counter({(item, place): n for item, n in lines}))

    def send(self) -> None:
        lines, (source, target) = self._lines(), self.chance.sample(self.world["places"], 2)
        draft = MovementDraft(
            [MovementLineDraft(item, Decimal(n)) for item, n in lines], source_id=source, target_id=target
        )
        moved = Counter({(item, source): -n for item, n in lines})
        moved.update({(item, target): n for item, n in lines})
        self._post(Transfer, draft, moved)

    def reverse(self) -> None:
        model, number, moved = self.own[-1]
        self.company.database.run(lambda s: reverse(s, SYSTEM, locked(s, model, number)), actor=SYSTEM)
        self.own.pop()
        self.moved.subtract(moved)

    def _lines(self) -> Sequence[tuple[int, int]]:
        items = self.chance.sample(self.world["items"], self.chance.randint(1, 4))
        return [(item, self.chance.randint(1, 3)) for item in items]

    def _post(self, model: type[Document], draft: Any, moved: Change) -> None:
        def work(session: Any) -> int:
            document: Any = save(session, SYSTEM, model, draft)
            post(session, SYSTEM, [document])
            return int(document.id)

        number = self.company.database.run(work, actor=SYSTEM)
        self.moved.update(moved)
        self.own = [*self.own[-3:], (model, number, moved)]


def _not_as_said(session: Any, world: dict[str, Any], moved: Change) -> list[str]:
    """Every disagreement of the books with themselves and with the writers, and numbers that were given twice or not at all."""
    wrong = [*ledger.verify(session), *verify_audit(session)]
    there = {f.key: f.amounts["quantity"] for f in ledger.now(session, Stock.on_hand, by=("item", "place"))}
    for item in world["items"]:
        for place in world["places"]:
            said = moved[item, place] + (FEW if place == FIRST_WAREHOUSE else 0)
            if there.get((item, place), 0) != said:
                wrong.append(f"item {item} in {place}: {there.get((item, place), 0)} instead of {said}")
            if said < 0:
                wrong.append(f"item {item} in {place}: {said}")
    for kind in (Sale, Receipt, Transfer):
        count, numbers = session.execute(
            select(func.count(), func.count(kind.number.distinct())).where(kind.state != "draft")
        ).one()
        if count != numbers:
            wrong.append(f"{kind.__name__}: {count} documents, {numbers} numbers")
    return wrong
