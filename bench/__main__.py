"""`python -m bench [--engine sqlite|postgresql] [--json FILE] [--quick]`: see README.md for how to read it."""

import argparse
import json
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
from bench.history import write_history
from bench.measuring import Result, by_turns, table
from bench.reads import sales_page, statement, stock_at
from bench.server import postgresql
from bench.writes import WRITES, open_floor, orders

SIZES, QUICK_SIZES = (10_000, 100_000, 1_000_000), (1_000,)


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
    parser.add_argument("--only", choices=("writes", "reads"), help="only these workloads")
    return parser.parse_args()


def _measure(engine: str, arguments: argparse.Namespace) -> Iterator[Result]:
    sizes = QUICK_SIZES if arguments.quick else SIZES
    with tempfile.TemporaryDirectory() as folder, _address(engine, Path(folder), arguments.url) as url:
        subject = make_subject(url, Path(folder))
        if arguments.only != "reads":
            yield from _writes(engine, subject, rounds=2 if arguments.quick else 7, acts=5 if arguments.quick else 100)
        written = 0
        for size in sizes if arguments.only != "writes" else ():
            write_history(subject, size - written)
            written = size
            yield from _reads(engine, subject, size, rounds=2 if arguments.quick else 9)
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


def _writes(engine: str, subject: Subject, *, rounds: int, acts: int) -> Iterator[Result]:
    floor = open_floor(subject)
    batches = count()
    for work, (ours, floors) in WRITES.items():

        def program(deed: Any = ours) -> None:
            for order in orders(subject, next(batches), acts):
                deed(subject, order)

        def by_hand(deed: Any = floors) -> None:
            for order in orders(subject, next(batches), acts):
                deed(floor, subject, order)

        o, f, ratio = by_turns(program, by_hand, rounds=rounds, acts=acts)
        yield Result(engine, work, 0, o * 1000, f * 1000, ratio)
    floor.close()


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

    def faults(session: Any) -> list[str]:
        return [*ledger.verify(session), *verify_audit(session)]

    found = subject.company.database.run(faults, actor=SYSTEM, write=False)
    if found:
        raise SystemExit("The books do not agree after the run:\n" + "\n".join(found))


if __name__ == "__main__":
    main()
