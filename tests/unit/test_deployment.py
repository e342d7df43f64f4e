"""What `deploy/` holds fits the program."""

import shlex
from configparser import ConfigParser
from pathlib import Path

import pytest

from app.cli.commands import kontor
from app.server import CONNECTIONS, OTHER_FILES, SECONDS_TO_END

UNIT = Path(__file__).parents[2] / "deploy" / "kontor.service"


@pytest.fixture
def unit() -> ConfigParser:
    read = ConfigParser(interpolation=None)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string(UNIT.read_text())
    return read


def test_the_unit_starts_a_command_that_there_is(unit: ConfigParser) -> None:
    _program, name, *arguments = shlex.split(unit["Service"]["ExecStart"])
    command = kontor.commands[name]
    command.make_context(name, arguments)  # refuses options that it doesn't know


def test_the_unit_never_gives_up(unit: ConfigParser) -> None:
    assert (unit["Service"]["Restart"], unit["Unit"]["StartLimitIntervalSec"]) == ("always", "0")


def test_the_unit_leaves_time_to_end_and_room_for_connections(unit: ConfigParser) -> None:
    assert int(unit["Service"]["TimeoutStopSec"]) > 2 * SECONDS_TO_END
    assert int(unit["Service"]["LimitNOFILE"]) >= CONNECTIONS + OTHER_FILES
    assert unit["Service"]["KillMode"] == "mixed"  # signals go to the first process alone
