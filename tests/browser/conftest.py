"""A live server over the sample company, and pages that fail a test when the browser complains."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

DESKTOP, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def sample_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample company's database file, made once."""
    from app.company import Company
    from app.config import Config
    from app.demo import create_sample

    folder = tmp_path_factory.mktemp("sample")
    company = Company(Config(folder, f"sqlite:///{folder / 'kontor.db'}", "tests"))
    create_sample(company)
    company.database.dispose()
    return folder / "kontor.db"


class Server:
    """The application behind a real socket."""

    def __init__(self, url: str, folder: Path) -> None:
        from app import create_app
        from app.config import Config

        self.app = create_app(Config(folder, url, "tests"))
        self.app.config.update(RATELIMIT_ENABLED=False)
        self._server = make_server("127.0.0.1", 0, self.app, threaded=True)
        self.address = f"http://127.0.0.1:{self._server.port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Close the socket and the database."""
        self._server.shutdown()
        self._server.server_close()
        self.app.company.database.dispose()


@pytest.fixture
def server(sample_template: Path, tmp_path: Path) -> Iterator[Server]:
    """The sample company, served."""
    shutil.copy(sample_template, tmp_path / "kontor.db")
    running = Server(f"sqlite:///{tmp_path / 'kontor.db'}", tmp_path)
    yield running
    running.stop()


@pytest.fixture
def open_page(browser: Any, server: Server) -> Iterator[Any]:
    """Open the program in a browser, signed in as a sample user; complaints of the browser fail the test."""
    contexts, complaints = [], []

    def opened(login: str, *, size: dict[str, int] = DESKTOP) -> Any:
        context = browser.new_context(viewport=size, base_url=server.address, locale="en-GB")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto("/login")
        page.fill("#login", login)
        page.fill("#password", f"{login}-sample")
        page.click("button:has-text('Sign in')")
        page.wait_for_url(f"{server.address}/")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def errors_of(page: Any) -> list[str]:
    """What axe finds that is serious or worse. Run from the program's own files, as the policy lets no other script in."""
    page.add_script_tag(url="/static/vendor/axe.js")
    found = page.evaluate("async () => (await axe.run()).violations")
    return [
        f"{error['id']}: {error['nodes'][0]['html'][:160]}"
        for error in found
        if error["impact"] in ("serious", "critical")
    ]
