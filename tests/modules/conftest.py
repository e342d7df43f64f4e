"""One sample company per file and engine: these tests mostly look; those that change something change what is theirs."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Once, Restored, close, make_company, opened
from tests.postgresql import Copies
from tests.rows import rows_of_all_tables


@pytest.fixture(autouse=True)
def as_many_tries_as_needed() -> None:
    """The throttle counts for the whole process; each test begins again."""
    from app.web.pages.guesses import limiter

    if limiter.initialized:
        limiter.reset()


@pytest.fixture(scope="session")
def filled_sqlite(once: Once) -> Callable[[str], Path]:
    """By edition: a database file with the sample company in it, to be copied."""
    return lambda edition: once(f"filled_{edition}.db", lambda file: _fill(f"sqlite:///{file}", file.parent, edition))


@pytest.fixture(scope="session")
def filled_copies(cluster: Any, restored: Restored) -> Iterator[Callable[[str], Copies]]:
    """By edition: databases with the sample company in each."""

    made: dict[str, Copies] = {}

    def of(edition: str) -> Copies:
        name = restored(f"filled_{edition}", lambda url, folder: _fill(url, folder, edition))
        return made.setdefault(edition, Copies(cluster, name))

    yield of
    for copies in made.values():
        copies.drop()


def _fill(url: str, folder: Path, edition: str) -> None:
    from app.company import Company
    from app.config import Config
    from app.demo import add_users, fill
    from app.security import SYSTEM

    make_company(url, folder, edition)
    company = Company(Config(folder, url, "tests"))
    company.database.run(company.refresh, actor=SYSTEM, write=False)
    add_users(company)
    fill(company, trades_abroad=True)
    close(company)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def house_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database with the sample company in it, for the tests of one file."""
    folder = tmp_path_factory.mktemp("house")
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("filled_sqlite")("trade"), folder / "kontor.db")
        yield f"sqlite:///{folder / 'kontor.db'}"
        return
    with request.getfixturevalue("filled_copies")("trade").one() as url:
        yield url


@pytest.fixture(scope="module")
def house(house_url: str, shell: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The web application of the sample company, forms without tokens, sign-in without limits."""
    from app.config import Config

    with opened(shell, Config(tmp_path_factory.mktemp("house"), house_url, "tests")) as app:
        yield app


@pytest.fixture
def sign_in(house: Any) -> Callable[[str], Any]:
    """A browser in which a sample user is signed in."""
    made: dict[str, Any] = {}

    def browser(login: str, password: str | None = None) -> Any:
        if login not in made:
            client = house.test_client()
            answer = client.post("/login", data={"login": login, "password": password or f"{login}-sample"})
            assert answer.status_code == 302, login
            made[login] = client
        return made[login]

    made["admin"] = house.test_client()
    made["admin"].post("/login", data={"login": "admin", "password": "correct horse"})
    return browser


@pytest.fixture
def actor(house: Any) -> Callable[[str], Any]:
    """A sample user as the query layer knows them."""
    from sqlalchemy import select

    from app.company import actor_of
    from app.security import SYSTEM, User

    def work(session: Any, login: str) -> Any:
        house.company.refresh(session)
        enabled = frozenset(m.name for m in house.company.enabled)
        return actor_of(session, session.scalars(select(User.id).where(User.login == login)).one(), enabled)

    return lambda login: house.company.database.run(lambda s: work(s, login), actor=SYSTEM, write=False)


@pytest.fixture
def ask(house: Any, actor: Callable[[str], Any]) -> Callable[..., Any]:
    """Do something in a session of a sample user, or of the system; gives what it gives, and changes nothing."""
    from app.security import SYSTEM

    def run(login: str | None, work: Callable[[Any], Any]) -> Any:
        with house.company.database.session(actor(login) if login else SYSTEM) as session:
            return work(session)

    return run


@pytest.fixture
def refused(company: Any) -> Callable[..., str]:
    """Try something that must be refused: gives what is said (of `field`), and no row of any table may have changed."""
    from app.security import SYSTEM

    def run(work: Callable[[Any], Any], kind: type[Exception], *, field: str | None = None) -> str:
        before = company.database.run(rows_of_all_tables, actor=SYSTEM, write=False)
        with pytest.raises(kind) as refusal:
            company.database.run(work, actor=SYSTEM)
        assert company.database.run(rows_of_all_tables, actor=SYSTEM, write=False) == before
        assert field is None or getattr(refusal.value, "field", None) == field
        return str(refusal.value)

    return run


@pytest.fixture
def employ(company: Any) -> Callable[..., Any]:
    """Take somebody on in a company of the test's own: login and roles → the user as the query layer knows them."""
    from app.company import actor_of
    from app.security import SYSTEM
    from app.security.operations import add_user

    def work(session: Any, login: str, roles: tuple[str, ...]) -> Any:
        user = add_user(session, SYSTEM, login=login, name=login.title(), password=f"{login}-sample", roles=roles)
        session.flush()
        return actor_of(session, user.id, frozenset(m.name for m in company.enabled))

    return lambda login, *roles: company.database.run(lambda s: work(s, login, roles), actor=SYSTEM)


@pytest.fixture
def proved(company: Any) -> Iterator[Callable[[Callable[[Any], Any]], Any]]:
    """Do something for the system in a company of the test's own; the books are proved when the test has ended, and after each
    act where there is time for it."""
    from app import ledger
    from app.security import SYSTEM

    def prove() -> None:
        assert company.database.run(lambda s: list(ledger.verify(s)), actor=SYSTEM, write=False) == []

    def run(work: Callable[[Any], Any]) -> Any:
        done = company.database.run(work, actor=SYSTEM)
        if os.environ["KONTOR_TEST_LONG"]:
            prove()
        return done

    yield run
    prove()
