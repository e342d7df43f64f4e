"""A live server over the sample company, and pages that fail a test when the browser complains."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from tests.conftest import opened

#: milliseconds for what shows in a moment, on a machine that has much else to do as well
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)

DESKTOP, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}


class Server:
    """The application behind a real socket, for one company after another: to make it takes as long as a test."""

    def __init__(self, app: Any) -> None:
        self.app, self._program = app, None
        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        self.address = f"http://127.0.0.1:{self._server.port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @contextmanager
    def serving(self, url: str, folder: Path) -> Iterator[Self]:
        """Serve this company."""
        from app.config import Config

        with opened(self.app, Config(folder, url, "tests")) as app:
            app.config["WTF_CSRF_ENABLED"] = True
            yield self

    def sign_in(self, context: Any, login: str) -> None:
        """Give the browser the cookie of a sample user, as the sign-in page does."""
        from app.security import SYSTEM, User
        from app.security.login import open_session
        from app.web.edge.sign_in import hold_token

        def work(session: Any) -> str:
            return open_session(session, session.query(User).filter_by(login=login).one())

        token = self.app.company.database.run(work, actor=SYSTEM)
        if self._program is None:  # a page only to ask for it costs as much as a small test
            page = context.new_page()
            self._program = page.evaluate("navigator.userAgent")
            page.close()
        headers = {"User-Agent": self._program}
        with self.app.test_request_context(headers=headers, environ_base={"REMOTE_ADDR": "127.0.0.1"}):
            hold_token(token)
            answer = self.app.process_response(self.app.response_class())
        name, value = answer.headers["Set-Cookie"].partition(";")[0].split("=", 1)
        context.add_cookies([{"name": name, "value": value, "url": self.address}])

    def stop(self) -> None:
        """Close the socket."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="session")
def socket_(shell: Any) -> Iterator[Server]:
    """The application behind a socket, without a company."""
    running = Server(shell)
    yield running
    running.stop()


@pytest.fixture
def server(socket_: Server, sample_file: Path, tmp_path: Path) -> Iterator[Server]:
    """The sample company, served."""
    shutil.copy(sample_file, tmp_path / "kontor.db")
    with socket_.serving(f"sqlite:///{tmp_path / 'kontor.db'}", tmp_path) as running:
        yield running


@pytest.fixture(scope="session")
def contexts(browser: Any, socket_: Server) -> Iterator[list[Any]]:
    """Browsers of different people that nobody uses; each has read the program's styles and scripts before."""
    free: list[Any] = []
    yield free
    for context in free:
        context.close()


@pytest.fixture
def open_page(browser: Any, contexts: list[Any], server: Server) -> Iterator[Any]:
    """A page of a browser in which a sample user is signed in; complaints of the browser fail the test."""
    used, complaints = [], []

    def opened(login: str, *, size: dict[str, int] = DESKTOP) -> Any:
        context = contexts.pop() if contexts else browser.new_context(base_url=server.address, locale="en-GB")
        used.append(context)
        server.sign_in(context, login)
        page = context.new_page()
        page.set_viewport_size(size)
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        return page

    yield opened
    for context in used:
        for page in context.pages:
            page.close()
        context.clear_cookies()
    contexts.extend(used)
    assert complaints == []


def violations(page: Any, **options: Any) -> list[dict[str, Any]]:
    """What axe finds. It is evaluated as by the browser's own tools, as the policy lets no other script in."""
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    found: list[dict[str, Any]] = page.evaluate("async (options) => (await axe.run(options)).violations", options)
    return found


def errors_of(page: Any) -> list[str]:
    """What axe finds that is serious or worse."""
    return [
        f"{error['id']}: {error['nodes'][0]['html'][:160]}"
        for error in violations(page)
        if error["impact"] in ("serious", "critical")
    ]


def lose_answers(context: Any, address: str) -> list[int]:
    """Let the first two answers to an address be lost though the server has done what was asked; gives their statuses as they
    come."""
    lost: list[int] = []

    def lose(route: Any) -> None:
        if len(lost) < 2:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    context.route(address, lose)
    return lost
