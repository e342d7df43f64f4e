"""`python -m bench [--engine sqlite|postgresql] [--json FILE] [--quick]`: see README.md for how to read it.

`python -m bench faults` and `python -m bench crowd` measure nothing: they look for what goes wrong (`bench/faults.py`,
`bench/crowd.py`).
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from app import ledger
from app.audit import verify as verify_audit
from app.security import SYSTEM
from bench.company import Subject, make_subject
from bench.crowd import main as crowd
from bench.debts import debts
from bench.faults import main as find_errors
from bench.history import write_history
from bench.measuring import Result, by_turns, table
from bench.reads import sales_page, statement, stock_at
from bench.recost import METHODS, recost
from bench.searches import CONTACTS, QUICK_CONTACTS, searches
from bench.server import postgresql
from bench.writes import RECEIPT, WRITES, Deed, FloorDeed, open_floor, orders
from modules.warehouse import recosting

SIZES, QUICK_SIZES = (10_000, 100_000, 1_000_000), (200,)
#: movements of the item that is recosted; more than one posting recosts by itself
RECOST, QUICK_RECOST = 100_000, 120
#: what one posting recosts by itself when all is quick
QUICK_CHUNK = 100


def main() -> None:
    """Measure and print; leaves nothing behind."""
    arguments = _arguments()
    results: list[Result] = []
    for engine in [arguments.engine] if arguments.engine else ["sqlite", "postgresql"]:
        results += _measure(engine, arguments)
    print(table(results))
    lines = [json.dumps(result.as_json()) for result in results]
    if arguments.json:
        Path(arguments.json).write_text("\n".join(lines) + "\n")
    else:
        print("\n".join(lines))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="The program beside hand-written SQL.")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), help="only this one")
    parser.add_argument("--url", help="an empty PostgreSQL database to use instead of a server of the bench's own")
    parser.add_argument("--json", metavar="FILE", help="write the JSON lines here instead of printing them")
    parser.add_argument("--quick", action="store_true", help="few rounds, little history: does it run at all?")
    parser.add_argument("--history", type=int, default=0, help="movements of other items to write before a recost")
    parser.add_argument("--only", choices=("writes", "reads", "recost", "search", "debts"), help="only these workloads")
    return parser.parse_args()


def _measure(engine: str, arguments: argparse.Namespace) -> Iterator[Result]:
    sizes = QUICK_SIZES if arguments.quick else SIZES
    rounds, acts = (1, 5) if arguments.quick else (7, 100)
    if arguments.quick:
        recosting.CHUNK = QUICK_CHUNK
    with tempfile.TemporaryDirectory() as folder, _address(engine, Path(folder), arguments.url) as url:
        subject = make_subject(url, Path(folder))
        batches = count()
        if arguments.only in (None, "writes"):
            for work, ways in WRITES.items():
                yield _writes(engine, subject, work, ways, subject.items, batches, rounds=rounds, acts=acts)
        written = 0
        for size in (0, *sizes) if arguments.only in (None, "reads") else ():
            if size:
                write_history(subject, size - written)
            written = size
            others = "receipt, 5 of other items"
            yield _writes(engine, subject, others, RECEIPT, subject.others, batches, size, rounds=rounds, acts=acts)
            if size:
                yield from _reads(engine, subject, size, rounds=1 if arguments.quick else 9)
        if arguments.history > written:
            write_history(subject, arguments.history - written)
        for method in METHODS if arguments.only in (None, "recost") else ():
            yield recost(engine, subject, method, QUICK_RECOST if arguments.quick else RECOST)
        if arguments.only in (None, "debts"):
            yield from debts(engine, subject, quick=arguments.quick)
        if arguments.only in (None, "search"):
            size = QUICK_CONTACTS if arguments.quick else CONTACTS
            yield from searches(engine, subject, size, rounds=1 if arguments.quick else 5)
        _prove(subject)
        subject.company.database.dispose()


@contextmanager
def _address(engine: str, folder: Path, url: str | None) -> Iterator[str]:
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'bench.db'}"
    elif url:
        yield url
    else:
        with tempfile.TemporaryDirectory() as server, postgresql(Path(server)) as address:
            yield address


def _writes(
    engine: str,
    subject: Subject,
    work: str,
    ways: tuple[Deed, FloorDeed],
    items: list[int],
    batches: Iterator[int],
    size: int = 0,
    *,
    rounds: int,
    acts: int,
) -> Result:
    floor = open_floor(subject)

    def program() -> None:
        for order in orders(subject, items, next(batches), acts):
            ways[0](subject, order)

    def by_hand() -> None:
        for order in orders(subject, items, next(batches), acts):
            ways[1](floor, subject, order)

    ours, floors, ratio = by_turns(program, by_hand, rounds=rounds, acts=acts)
    floor.close()
    return Result(engine, work, size, ours * 1000, floors * 1000, ratio)


def _reads(engine: str, subject: Subject, size: int, *, rounds: int) -> Iterator[Result]:
    for work, made in (
        ("stock of 1,000 items, past day", stock_at(subject)),
        ("statement, one month", statement(subject)),
        ("list page of 50 sales", sales_page(subject)),
    ):
        if isinstance(made, str):
            yield Result(engine, work, size, 0, 0, 0, made)
            continue
        ours, floor = made
        o, f, ratio = by_turns(_times(ours), _times(floor), rounds=rounds, acts=_TIMES)
        yield Result(engine, work, size, o * 1000, f * 1000, ratio)


_TIMES = 5


def _times(question: Any) -> Any:
    def ask() -> None:
        for _ in range(_TIMES):
            question()

    return ask


def _prove(subject: Subject) -> None:
    """The floor has left the same rows as the program only if the books are still proven."""

    def errors(session: Any) -> list[str]:
        return [*ledger.verify(session), *verify_audit(session)]

    found = subject.company.database.run(errors, actor=SYSTEM, write=False)
    if found:
        raise SystemExit("The books do not agree after the run:\n" + "\n".join(found))


if __name__ == "__main__":
    if sys.argv[1:2] == ["crowd"]:
        crowd(sys.argv[2:])
    if sys.argv[1:2] == ["faults"]:
        find_errors(sys.argv[2:])
    main()
