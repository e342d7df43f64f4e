"""Commands as they are typed, run in the tests' own process: to start a program takes longer than most commands do."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from app.cli import main


@dataclass(frozen=True)
class Outcome:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The answer of `--json`, which came without a word on the side."""
        assert (self.code, self.err) == (0, ""), self
        return json.loads(self.out)

    @property
    def refusal(self) -> str:
        """The one line that a refusal prints, and nothing else."""
        assert (self.code, self.out) == (1, ""), self
        assert self.err.startswith("kontor: "), self.err
        assert self.err.count("\n") == 1, self.err
        return self.err.removeprefix("kontor: ").rstrip("\n")


Tell = Callable[..., Outcome]


def teller(folder: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Tell:
    """Gives what runs a command for the company of a data folder and a database, with `stdin` and variables of its own."""
    monkeypatch.setenv("KONTOR_DATABASE_URL", url)
    monkeypatch.setenv("KONTOR_DATA_DIR", str(folder))
    # These are of the whole process, which here goes on after the command.
    monkeypatch.setattr("app.cli.commands.configure", lambda: None)
    monkeypatch.setattr("os.umask", lambda _mask: 0)
    monkeypatch.setattr("gc.freeze", lambda: None)

    def tell(*arguments: str, stdin: str = "", **environment: str) -> Outcome:
        with CliRunner().isolation(input=stdin, env=environment) as (out, err, _both), monkeypatch.context() as typed:
            typed.setattr("sys.argv", ["kontor", *arguments])
            try:
                main()
            except SystemExit as end:
                code = int(end.code or 0)
            else:
                code = 0
            return Outcome(code, out.getvalue().decode(), err.getvalue().decode())

    return tell
