"""One sample company per file and engine: these tests mostly look; those that change something change what is theirs."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def as_many_tries_as_needed() -> None:
    """The throttle counts for the whole process; each test begins anew."""
    from app.web.shell import limiter

    if limiter.initialized:
        limiter.reset()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The web application of the sample company, forms without tokens, sign-in without limits."""
    from app import create_app
    from app.config import Config
    from app.demo import fill

    folder = tmp_path_factory.mktemp("house")
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), folder / "kontor.db")
        url = f"sqlite:///{folder / 'kontor.db'}"
    else:
        name = f"house_{folder.name.replace('-', '_')}"
        cluster = request.getfixturevalue("cluster")
        cluster.sql(f"CREATE DATABASE {name} TEMPLATE {request.getfixturevalue('postgresql_template')}")
        url = cluster.url(name)
    app = create_app(Config(folder, url, "tests"))
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    fill(app.company)
    yield app
    app.company.database.dispose()


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
    """A sample user as the query layer knows him."""
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
    from sqlalchemy import inspect, text

    from app.security import SYSTEM

    def rows(session: Any) -> dict[str, list[str]]:
        connection = session.connection()
        names = inspect(connection).get_table_names()
        return {name: sorted(map(str, connection.execute(text(f"SELECT * FROM {name}")))) for name in names}

    def run(work: Callable[[Any], Any], kind: type[Exception], *, field: str | None = None) -> str:
        before = company.database.run(rows, actor=SYSTEM, write=False)
        with pytest.raises(kind) as told:
            company.database.run(work, actor=SYSTEM)
        assert company.database.run(rows, actor=SYSTEM, write=False) == before
        assert field is None or getattr(told.value, "field", None) == field
        return str(told.value)

    return run


@pytest.fixture
def employ(company: Any) -> Callable[..., Any]:
    """Take somebody on in a company of the test's own: login and roles → the user as the query layer knows him."""
    from app.company import actor_of
    from app.security import SYSTEM
    from app.security.operations import add_user

    def work(session: Any, login: str, roles: tuple[str, ...]) -> Any:
        user = add_user(session, SYSTEM, login=login, name=login.title(), password=f"{login}-sample", roles=roles)
        session.flush()
        return actor_of(session, user.id, frozenset(m.name for m in company.enabled))

    return lambda login, *roles: company.database.run(lambda s: work(s, login, roles), actor=SYSTEM)
