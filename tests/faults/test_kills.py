"""Processes are killed while people post: what was acknowledged is there once (`python -m bench faults` does it longer)."""

from pathlib import Path

from tests.conftest import PASSWORD, absent, make_company
from tests.faults.kills import Kills
from tests.postgresql import Cluster, postgresql_binaries


def test_nothing_acknowledged_is_lost_or_doubled_when_processes_are_killed(made: Path) -> None:
    done = Kills(made, f"sqlite:///{made / 'kontor.db'}", 1, password=PASSWORD).run(lambda kills: kills < 3)
    assert done.wrong == []
    assert done.kills == {"worker": 2, "server": 1}
    assert done.acknowledged >= 4 * 3


def test_nothing_acknowledged_is_lost_or_doubled_when_postgresql_is_killed(made: Path) -> None:
    binaries = postgresql_binaries()
    if binaries is None:
        absent("postgresql", "initdb is not found")
    assert binaries is not None
    own = Cluster(binaries)  # a server that nobody else uses
    try:
        own.sql("CREATE DATABASE killed")
        make_company(own.url("killed"), made, "trade")
        done = Kills(made, own.url("killed"), 1, password=PASSWORD, cluster=own).run(lambda kills: kills < 4)
    finally:
        own.stop()
    assert done.wrong == []
    assert done.kills == {"worker": 2, "server": 1, "database": 1}
    assert done.acknowledged >= 5 * 3
