"""Real databases, real browser: each test has a company of its own, copied from a template, on SQLite and PostgreSQL."""

import fcntl
import gc
import os
import shutil
import signal
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, settings

from tests.lanes import ROOT
from tests.lanes import pytest_addoption as pytest_addoption
from tests.lanes import pytest_collection_finish as pytest_collection_finish
from tests.lanes import pytest_collection_modifyitems as pytest_collection_modifyitems
from tests.lanes import pytest_configure as pytest_configure
from tests.lanes import pytest_generate_tests as pytest_generate_tests
from tests.lanes import pytest_sessionfinish as pytest_sessionfinish
from tests.postgresql import Cluster, Copies, idle, postgresql_binaries

Once = Callable[[str, Callable[[Path], None]], Path]
Restored = Callable[[str, Callable[[str, Path], None]], str]
REQUIRED = set(filter(None, os.environ.get("KONTOR_TEST_REQUIRE", "").split(",")))
#: Real data that none of us wrote; beside the checkout unless said otherwise.
DATA = Path(os.environ.get("KONTOR_TEST_DATA", ROOT.parent / "shared" / "data"))
ADMIN, PASSWORD = "admin", "correct horse"
#: Files in memory. What tests write is thrown away, and on a disk they wait for it most of their time.
MEMORY = Path("/dev/shm")

# Nothing fails because the machine has much else to do: tests are not timed, neither are their examples.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
#: for mutants (docs/testing.md): the same few examples each time, and no search for the smallest that fails
settings.register_profile(
    "mutants",
    settings.get_profile("untimed"),
    max_examples=25,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    # The tool runs the suite several times in one process, each time with other instances of the tests' classes.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
)
settings.load_profile("untimed")

if (
    not {"TMPDIR", "PYTEST_DEBUG_TEMPROOT"} & os.environ.keys()
    and MEMORY.is_dir()
    and os.access(MEMORY, os.W_OK)
    and shutil.disk_usage(MEMORY).free > 4 << 30  # a container has little of it, unless asked
    and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC  # tests install programs and start them
):
    # For this process, and for those that it starts: the other workers, servers, commands.
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

# Workbooks are altered here as text: openpyxl spells them otherwise where lxml is installed.
os.environ["OPENPYXL_LXML"] = "False"

# Where the machine says that none is written, each program that a test starts would compile Kontor again, for a second.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts what runs in the background deaf to Ctrl-C, and the programs that tests start would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Client(FlaskClient):
    """Takes each answer whole, then closes it and what was sent, which werkzeug's own does only where it follows redirects.
    Otherwise Python finds their files open whenever it looks, and the test that happens to run then fails."""

    def open(self, *arguments: Any, **options: Any) -> Any:
        answer = super().open(*arguments, **options)
        answer.make_sequence()
        answer.close()
        answer.request.input_stream.close()
        return answer


Flask.test_client_class = Client

# Looking for cycles took a tenth of the tests' time; at the usual threshold hardly any is found.
gc.set_threshold(50_000, 20, 20)


def absent(what: str, why: str) -> None:
    """Skip with the reason, or fail where this may not be absent."""
    if what in REQUIRED:
        pytest.fail(f"{what} is required by KONTOR_TEST_REQUIRE, but {why}")
    pytest.skip(f"no {what}: {why}")


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real data."""
    if not DATA.exists():
        absent("data", f"{DATA} does not exist; set KONTOR_TEST_DATA")
    return DATA


@pytest.fixture(scope="session", autouse=True)
def own_hashing() -> Iterator[tuple[Any, str]]:
    """Passwords that are cheap to try: hashing took a third of the tests' time. Gives the program's own hasher and hash."""
    from argon2 import PasswordHasher

    from app.security import passwords

    own = passwords._hasher, passwords._NOBODY
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords._NOBODY = passwords._hasher.hash("nobody's")
    yield own
    passwords._hasher, passwords._NOBODY = own


@pytest.fixture
def cheap_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passphrases of backups that are cheap to try: each is a key by itself, where the program's own take a second or five."""
    import pyrage

    keys: Any = defaultdict(pyrage.x25519.Identity.generate)
    monkeypatch.setattr(pyrage.passphrase, "encrypt", lambda text, word: pyrage.encrypt(text, [keys[word].to_public()]))
    monkeypatch.setattr(pyrage.passphrase, "decrypt", lambda text, word: pyrage.decrypt(text, [keys[word]]))


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """Let all databases of an engine share what is compiled, as the requests to a server do: each compiled all for itself.

    SQLAlchemy keeps compiled statements by dialect, and makes a dialect for each database. One that has met its server
    serves for all: the tests' databases of one kind are in one server, or of one library.
    """
    import sqlalchemy
    from sqlalchemy import event

    from app import db

    shared: dict[str, tuple[Any, Any]] = {}

    def create_engine(url: str, **options: Any) -> Any:
        made = sqlalchemy.create_engine(url, query_cache_size=5000, **options)
        own: Any = made.dialect  # what the pool connects and closes by
        if made.name == "postgresql":
            event.listen(made, "do_connect", lambda *_: idle.take(url))  # None where there is none: it connects
            own.do_close = lambda connection: idle.keep(url, connection)
        if made.name in shared:
            own.initialize = lambda _connection: None
            made.dialect, made._compiled_cache = shared[made.name]
        else:
            share = made.dialect, made._compiled_cache
            event.listen(made, "connect", lambda *_: shared.setdefault(made.name, share), once=True)
        return made

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(db, "create_engine", create_engine)
        yield


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run, for what one worker makes and all of them use."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def once(shared_folder: Path) -> Once:
    """Gives the file of that name that `make` writes at the path it is given; the first worker makes it, the others wait."""

    def of(name: str, make: Callable[[Path], None]) -> Path:
        made = shared_folder / name
        with open(shared_folder / f"{name}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not made.exists():
                with tempfile.TemporaryDirectory(dir=shared_folder) as folder:
                    make(Path(folder) / name)
                    (Path(folder) / name).rename(made)
        return made

    return of


@pytest.fixture(scope="session", autouse=True)
def templates_compiled_once(shared_folder: Path) -> Iterator[None]:
    """Let all web applications of all workers share the compiled templates of their pages: each compiled all for itself."""
    from flask import Flask
    from jinja2 import FileSystemBytecodeCache

    (folder := shared_folder / "pages").mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Flask, "jinja_options", {"bytecode_cache": FileSystemBytecodeCache(str(folder))})
        yield


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One PostgreSQL server for this worker's tests."""
    binaries = postgresql_binaries()
    if binaries is None:
        absent("postgresql", "initdb is not found")
    assert binaries is not None
    running = Cluster(binaries)
    yield running
    running.stop()


def make_company(url: str, folder: Path, edition: str) -> None:
    from app.company import Company
    from app.config import Config
    from app.setup import create_company

    company = Company(Config(folder, url, "tests"))
    create_company(
        company,
        organisation="Testing Ltd",
        country="GB",
        currency="GBP",
        edition=edition,
        login=ADMIN,
        password=PASSWORD,
    )
    close(company)


def close(company: Any) -> None:
    """Close a company's database, whose file is copied next: what somebody still holds open isn't all in it."""
    company.database.dispose()
    if company.database.is_sqlite:
        left = Path(f"{company.database.engine.url.database}-wal")
        assert not left.exists(), "somebody still holds the database open"


@pytest.fixture(scope="session")
def sqlite_templates(once: Once) -> Callable[[str], Path]:
    """By edition: a database file with a fresh company in it."""

    return lambda edition: once(
        f"template_{edition}.db", lambda file: make_company(f"sqlite:///{file}", file.parent, edition)
    )


@pytest.fixture(scope="session")
def sample_file(once: Once) -> Path:
    """A database file with the sample company in it, to be copied."""

    def make(file: Path) -> None:
        from app.company import Company
        from app.config import Config
        from app.demo import create_sample

        company = Company(Config(file.parent, f"sqlite:///{file}", "tests"))
        create_sample(company)
        close(company)

    return once("sample.db", make)


@pytest.fixture(scope="session")
def restored(cluster: Cluster, once: Once) -> Restored:
    """Gives the name of a database, to be copied, that holds what `make` makes of an empty one.

    One worker makes it and writes it down; the others' servers read that, which takes a tenth of the time.
    """

    there: set[str] = set()

    def of(name: str, make: Callable[[str, Path], None]) -> str:
        def write(file: Path) -> None:
            make(cluster.url(name), file.parent)
            cluster.dump(name, file)
            there.add(name)

        if name not in there:
            cluster.sql(f"CREATE DATABASE {name}")
            file = once(name, write)
            if name not in there:
                cluster.restore(name, file)
                there.add(name)
        return name

    return of


@pytest.fixture(scope="session")
def postgresql_templates(restored: Restored) -> Callable[[str], str]:
    """By edition: the name of a database with a fresh company in it."""

    return lambda edition: restored(f"template_{edition}", lambda url, folder: make_company(url, folder, edition))


@pytest.fixture(scope="session")
def fresh_copies(cluster: Cluster, postgresql_templates: Callable[[str], str]) -> Iterator[Callable[[str], Copies]]:
    """By edition: databases with a fresh company in each."""
    made: dict[str, Copies] = {}
    yield lambda edition: made.setdefault(edition, Copies(cluster, postgresql_templates(edition)))
    for copies in made.values():
        copies.drop()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    """The name of the engine; a test that touches the database runs on both."""
    return str(request.param)


_made = iter(range(1, 1_000_000))


@pytest.fixture
def database_url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of the test's own, with a fresh company (GBP) in it: trade edition, unless the test is marked otherwise."""
    edition = "enterprise" if request.node.get_closest_marker("enterprise") else "trade"
    if engine == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_templates")(edition), tmp_path / "kontor.db")
        yield f"sqlite:///{tmp_path / 'kontor.db'}"
        return
    with request.getfixturevalue("fresh_copies")(edition).one() as url:
        yield url


@pytest.fixture
def empty_url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of the test's own with nothing in it."""
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path / 'kontor.db'}"
        return
    running: Cluster = request.getfixturevalue("cluster")
    name = f"test_{next(_made)}"
    running.sql(f"CREATE DATABASE {name}")
    yield running.url(name)
    running.sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Any:
    """The settings of the test's company."""
    from app.config import Config

    return Config(tmp_path, database_url, "tests")


@pytest.fixture
def company(config: Any) -> Iterator[Any]:
    """The test's company: GBP, one administrator."""
    from app.company import Company
    from app.security import SYSTEM

    made = Company(config)
    made.database.run(lambda session: made.refresh(session), actor=SYSTEM, write=False)
    yield made
    made.database.dispose()


@pytest.fixture(scope="session")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The web application without a company of its own: to make it, and to compile its templates, takes longer than a test."""
    from app import create_app
    from app.config import Config

    folder = tmp_path_factory.mktemp("shell")
    return create_app(Config(folder, f"sqlite:///{folder / 'kontor.db'}", "tests"))


@contextmanager
def opened(shell: Any, config: Any) -> Iterator[Any]:
    """The web application over a company, forms without tokens, sign-in without limits."""
    from app.company import Company
    from app.jobs.worker import Jobs
    from app.web.pages.guesses import limiter
    from app.web.start import watch

    company, jobs, settings = shell.company, shell.extensions["kontor.jobs"], dict(shell.config)
    shell.company, limiter.enabled = Company(config), False
    shell.extensions["kontor.jobs"] = Jobs(shell, shell.company)
    watch(shell)
    shell.config.update(WTF_CSRF_ENABLED=False, SECRET_KEY=config.secret_key)
    try:
        yield shell
    finally:
        shell.company.database.dispose()
        shell.config.clear()
        shell.config.update(settings)
        shell.company, shell.extensions["kontor.jobs"], limiter.enabled = company, jobs, True
        watch(shell)


@pytest.fixture
def app(config: Any, shell: Any) -> Iterator[Any]:
    """The web application of the test's company."""
    with opened(shell, config):
        yield shell


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium under Playwright; nothing is downloaded."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = start_chromium(playwright.chromium)
        yield running
        running.close()


def start_chromium(chromium: Any, *more: str) -> Any:
    """Start what is installed, with `more` arguments."""
    # the first has no window at all, and draws a page in half the time
    known = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, known)), None)
    if found is None:
        absent("browser", "no Chromium is found")
    arguments = (
        "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync"
        " --no-first-run --disable-quic"
    )
    return chromium.launch(executable_path=found, args=[*arguments.split(), *more])
