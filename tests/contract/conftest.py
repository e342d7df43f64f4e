"""What every module is held to: each test here runs for every installed module, also for those of third parties."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.company import Company
from app.config import Config
from app.registry import Installed, discover
from app.registry.lifecycle import closure, enable
from app.security import SYSTEM, User
from app.security.login import open_session
from app.security.operations import add_user
from app.setup import create_company

PASSWORD = "correct horse"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "module" in metafunc.fixturenames:
        metafunc.parametrize("module", list(discover().values()), ids=list(discover()), scope="session")


@pytest.fixture
def bare(module: Installed, empty_url: str, tmp_path: Path) -> Iterator[Company]:
    """A company in which only what the module requires is on, and the module itself has never been."""
    company = Company(Config(tmp_path, empty_url, "tests"))
    installed, company.installed = company.installed, {}
    create_company(
        company,
        organisation="Testing Ltd",
        country="GB",
        currency="GBP",
        edition="trade",
        login="admin",
        password=PASSWORD,
    )
    company.installed = installed

    def switch_on_what_it_requires(session: Any) -> None:
        for required in closure(company, module.name)[:-1]:
            enable(session, SYSTEM, company, required.name)

    company.database.run(switch_on_what_it_requires, actor=SYSTEM)
    company.database.run(lambda session: company.refresh(session), actor=SYSTEM, write=False)
    yield company
    company.database.dispose()


@pytest.fixture
def switch(bare: Company, module: Installed) -> Callable[[], list[str]]:
    """Switches the module on, as another process would: no server gets a message."""
    return lambda: bare.database.run(lambda session: enable(session, SYSTEM, bare, module.name), actor=SYSTEM)


@pytest.fixture
def worker(bare: Company) -> Iterator[Callable[[], Any]]:
    """Starts web workers over the company's database; each is a server's process as far as the database can tell."""
    from app import create_app

    started = []

    def start() -> Any:
        app = create_app(bare.config)
        app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
        started.append(app)
        return app

    yield start
    for app in started:
        app.company.database.dispose()


@pytest.fixture
def token(bare: Company) -> Callable[..., str]:
    """Signs in: the administrator, or a new user with these roles; gives what goes into the Authorization header."""

    def sign_in(*roles: str, login: str = "admin") -> str:
        def work(session: Any) -> str:
            if login != "admin":
                add_user(session, SYSTEM, login=login, name=login, password=PASSWORD, roles=roles)
            user = session.query(User).filter_by(login=login).one()
            return open_session(session, user, kind="token")

        return str(bare.database.run(work, actor=SYSTEM))

    return sign_in
