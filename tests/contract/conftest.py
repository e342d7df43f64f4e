"""What every module is held to: each test here runs for every installed module, also for those of third parties."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from app.company import Company
from app.config import Config
from app.registry import Installed, discover
from app.registry.lifecycle import closure, enable
from app.security import SYSTEM, User
from app.security.login import open_session
from app.security.operations import add_user
from app.setup import create_company
from tests.conftest import Once, close

PASSWORD = "correct horse"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "module" in metafunc.fixturenames:
        metafunc.parametrize("module", list(discover().values()), ids=list(discover()), scope="session")


class Templates:
    """Databases that a test has made and that others copy: migrations take longer than most tests."""

    def __init__(self, folder: Path, cluster: Callable[[], Any]) -> None:
        self._folder, self._cluster = folder, cluster
        self._made: dict[tuple[str, ...], str] = {}

    def keep(self, url: str, *what: str) -> None:
        """Remember what the database at `url` holds. Nobody is connected to it."""
        own = make_url(url)
        name = f"template_bare_{len(self._made)}"
        if own.get_backend_name() == "sqlite":
            shutil.copy(str(own.database), self._folder / name)
        else:
            self._cluster().sql(f"CREATE DATABASE {name} TEMPLATE {own.database} STRATEGY file_copy")
        self._made[own.get_backend_name(), *what] = name

    def copy(self, url: str, *what: str) -> bool:
        """Make the empty database at `url` what was remembered. False: nothing was."""
        own = make_url(url)
        name = self._made.get((own.get_backend_name(), *what))
        if name is None:
            return False
        if own.get_backend_name() == "sqlite":
            shutil.copy(self._folder / name, str(own.database))
        else:
            self._cluster().sql(f"DROP DATABASE {own.database}")
            self._cluster().sql(f"CREATE DATABASE {own.database} TEMPLATE {name} STRATEGY file_copy")
        return True


@pytest.fixture(scope="session")
def templates(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """What this worker has made."""
    return Templates(tmp_path_factory.mktemp("bare"), lambda: request.getfixturevalue("cluster"))


@pytest.fixture
def bare(module: Installed, empty_url: str, tmp_path: Path, templates: Templates) -> Iterator[Company]:
    """A company in which only what the module requires is on, and the module itself has never been."""
    company = Company(Config(tmp_path, empty_url, "tests"))
    required = [each.name for each in closure(company, module.name)[:-1]]
    if not templates.copy(empty_url, *required):
        make_bare(company, required)
        close(company)
        templates.keep(empty_url, *required)
    company.database.run(lambda session: company.refresh(session), actor=SYSTEM, write=False)
    yield company
    company.database.dispose()


def make_bare(company: Company, required: list[str]) -> None:
    """A company in which these modules are on, and no others have ever been."""
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

    def switch_on(session: Any) -> None:
        for name in required:
            enable(session, SYSTEM, company, name)

    company.database.run(switch_on, actor=SYSTEM)


@pytest.fixture
def alone(tmp_path: Path, once: Once) -> Path:
    """A data folder with a company in which no module has ever been."""

    def make(file: Path) -> None:
        company = Company(Config(file.parent, f"sqlite:///{file}", "tests"))
        make_bare(company, [])
        close(company)

    return Path(shutil.copy(once("bare.db", make), tmp_path / "kontor.db")).parent


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
    """Signs in: the administrator, or a new user with these roles; gives what their browser holds."""

    def sign_in(*roles: str, login: str = "admin") -> str:
        def work(session: Any) -> str:
            if login != "admin":
                add_user(session, SYSTEM, login=login, name=login, password=PASSWORD, roles=roles)
            user = session.query(User).filter_by(login=login).one()
            return open_session(session, user)

        return str(bare.database.run(work, actor=SYSTEM))

    return sign_in
