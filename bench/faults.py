"""`python -m bench faults [--minutes N] [--seed S] [--json]`: the crawl, the fuzz and the kills of `tests/faults`, longer.

Ends with 1 when anything was wrong, and says what, each in a line from which it can be done again.
"""

import argparse
import json
import logging
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count, takewhile
from pathlib import Path
from typing import Any

import structlog

from tests.faults.crawl import Crawled, crawl
from tests.faults.fuzz import fuzz
from tests.faults.houses import PASSWORDS, House, house_of, make_sample
from tests.faults.kills import Kills
from tests.postgresql import Cluster, postgresql_binaries

#: How many addresses of one shape are followed.
MOST = 3
ENGINES = ("sqlite", "postgresql")
WORKS = ("crawl", "fuzz", "kills")

Due = Callable[[], bool]


def main(arguments: list[str]) -> None:
    """Do what is asked and print the counts; leaves nothing behind."""
    asked = _arguments(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    works = [(work, engine) for work in asked.only or WORKS for engine in asked.engine or ENGINES]
    is_wrong = False
    for work, engine in works:
        ends = time.monotonic() + asked.minutes * 60 / len(works)
        found = _WORKS[work](engine, asked, lambda ends=ends: time.monotonic() < ends)  # type: ignore[misc]
        is_wrong |= bool(found["wrong"])
        print(
            json.dumps({"work": work, "engine": engine, **found}) if asked.json else _line(work, engine, found),
            flush=True,
        )
    sys.exit(is_wrong)


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench faults", description="Crawl, fuzz and kill the sample company."
    )
    parser.add_argument("--minutes", type=float, default=10, help="all of it together, about (%(default)s)")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="of what is sent and when is killed")
    parser.add_argument("--first", type=int, default=0, help="the number of the first hostile request (%(default)s)")
    parser.add_argument("--requests", type=int, help="how many hostile requests, however long they take")
    parser.add_argument("--engine", choices=ENGINES, action="append", help="only this one")
    parser.add_argument("--only", choices=WORKS, action="append", help="only this work")
    parser.add_argument("--json", action="store_true", help="the counts as JSON lines")
    return parser.parse_args(arguments)


def _line(work: str, engine: str, found: dict[str, Any]) -> str:
    counts = [f"{name} {_count(value)}" for name, value in found.items() if name != "wrong"]
    return "\n  ".join([f"{work}, {engine}: {', '.join(counts)}; wrong {len(found['wrong'])}", *found["wrong"]])


def _count(value: Any) -> str:
    return (
        " ".join(f"{name}:{number}" for name, number in sorted(value.items()))
        if isinstance(value, dict)
        else str(value)
    )


def _crawl(engine: str, asked: argparse.Namespace, is_due: Due) -> dict[str, Any]:
    """Every role in both editions: what can't be done in time is left out, users in another order with each seed."""
    logins, done = [*PASSWORDS], Crawled()
    random.Random(asked.seed).shuffle(logins)
    with _house(engine) as house:
        for edition in ("trade", "enterprise"):
            house.switch(edition)
            for login in logins:
                if is_due():
                    done.add(crawl(house, (login,), MOST))
        done.wrong += house.doubts()
    return vars(done)


def _fuzz(engine: str, asked: argparse.Namespace, is_due: Due) -> dict[str, Any]:
    numbers: Iterator[int] = takewhile(lambda _number: is_due(), count(asked.first))
    if asked.requests is not None:
        numbers = iter(range(asked.first, asked.first + asked.requests))
    with _house(engine) as house:
        return {"seed": asked.seed, **vars(fuzz(house, asked.seed, numbers))}


def _kills(engine: str, asked: argparse.Namespace, is_due: Due) -> dict[str, Any]:
    with _place(engine) as (url, folder, cluster):
        make_sample(url, folder)
        killing = Kills(folder, url, asked.seed, password=PASSWORDS["admin"], cluster=cluster)
        return vars(killing.run(lambda _kills: is_due()))


_WORKS: dict[str, Callable[[str, argparse.Namespace, Due], dict[str, Any]]] = {
    "crawl": _crawl,
    "fuzz": _fuzz,
    "kills": _kills,
}


@contextmanager
def _house(engine: str) -> Iterator[House]:
    with _place(engine) as (url, folder, _cluster):
        make_sample(url, folder)
        with house_of(url, folder) as house:
            yield house


@contextmanager
def _place(engine: str) -> Iterator[tuple[str, Path, Cluster | None]]:
    """The address of an empty database, a data folder, and the server that holds it, where one does."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "data"
        folder.mkdir()
        if engine == "sqlite":
            yield f"sqlite:///{folder / 'kontor.db'}", folder, None
            return
        binaries = postgresql_binaries()
        if binaries is None:
            sys.exit("No PostgreSQL server is found here. Install one, or ask for --engine sqlite.")
        cluster = Cluster(binaries)
        try:
            cluster.sql("CREATE DATABASE sample")
            yield cluster.url("sample"), folder, cluster
        finally:
            cluster.stop()
