"""The sample company behind its own web application, with somebody of every role: what is crawled and fuzzed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app import create_app, ledger
from app.audit import verify as verify_audit
from app.company import Company
from app.config import Config
from app.demo import LOGINS, create_sample
from app.security import SYSTEM
from app.security.operations import add_user
from app.setup import set_edition
from app.web.pages.guesses import limiter
from tests.conftest import close
from tests.modules.web.browser_forms import fields_of

#: Somebody without any role.
NOBODY = "nora"
PASSWORDS = {NOBODY: f"{NOBODY}-sample", **{login: password for login, password, _role in LOGINS}}


class House:
    """A company and its web application. Forms need their tokens, as in earnest; how often one signs in isn't counted."""

    def __init__(self, app: Any) -> None:
        self.app, self.company = app, app.company

    def browser(self, login: str) -> Any:
        """A browser in which they are signed in, by the form."""
        client = self.app.test_client()
        fields = fields_of(client.get("/login").text) | {"login": [login], "password": [PASSWORDS[login]]}
        answer = client.post("/login", data=fields)
        if answer.status_code != 302:
            raise AssertionError(f"{login} can't sign in: {answer.status_code}")
        return client

    def switch(self, edition: str) -> None:
        """Make it a company of that edition."""
        self.company.database.run(lambda s: set_edition(s, SYSTEM, self.company, edition), actor=SYSTEM)

    def doubts(self) -> list[str]:
        """What the books and the audit chain don't prove."""

        def work(session: Any) -> list[str]:
            return [*ledger.verify(session), *verify_audit(session)]

        return self.company.database.run(work, actor=SYSTEM, write=False)  # type: ignore[no-any-return]


def make_sample(url: str, folder: Path) -> None:
    """The sample company in an empty database, with somebody who may do nothing."""
    company = Company(Config(folder, url, "tests"))
    create_sample(company)
    add_nobody(company)
    close(company)


def add_nobody(company: Company) -> None:
    """Employ somebody who may do nothing."""

    def add(session: Any) -> None:
        add_user(session, SYSTEM, login=NOBODY, name="Nora Nilsson", password=PASSWORDS[NOBODY], roles=[])

    company.database.run(add, actor=SYSTEM)


@contextmanager
def house_of(url: str, folder: Path) -> Iterator[House]:
    """The house over a database that holds the sample company."""
    app = create_app(Config(folder, url, "tests"))
    company, was = app.company, limiter.enabled
    company.database.run(company.refresh, actor=SYSTEM, write=False)
    limiter.enabled = False
    try:
        yield House(app)
    finally:
        limiter.enabled = was
        company.database.dispose()
