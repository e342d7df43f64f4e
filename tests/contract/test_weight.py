"""What the program weighs: bytes over the wire until a page stands, the first time and again, as a browser would load it."""

import gzip
import re
from typing import Any

import pytest

from tests.conftest import ADMIN, PASSWORD

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides

FIRST, AGAIN = 120_000, 15_000  # bytes
#: what a browser loads of its own accord: styles, scripts, pictures, and the sprite of icons
LOADED = re.compile(r"""<(?:link|script|img|use)\b[^>]*?\b(?:href|src)="([^"#]+)""")


class Visitor:
    """A browser with a cache of its own, which keeps what it may keep."""

    def __init__(self, app: Any) -> None:
        self.client, self.kept = app.test_client(), set[str]()

    def weight_of(self, address: str, *, form: dict[str, str] | None = None) -> int:
        """Bytes that come over the wire for a page, its styles, scripts and pictures."""
        answer, weight = self._asked(address, form)
        while answer.status_code == 302:
            answer, more = self._asked(answer.location)
            weight += more
        assert answer.status_code == 200, address
        page = _read(answer)
        self.scripts = re.findall(r'<script[^>]* src="/static/([^"?]+)', page)
        return weight + sum(self._loaded(each) for each in sorted(set(LOADED.findall(page)) - self.kept))

    def kept_names(self) -> set[str]:
        return {address.partition("?")[0].rpartition("/")[2] for address in self.kept}

    def _loaded(self, address: str) -> int:
        answer, weight = self._asked(address.replace("&amp;", "&"))
        assert (answer.status_code, answer.headers.get("Content-Encoding")) == (200, "br"), f"{address}: build it again"
        assert (answer.headers["Vary"], answer.headers.get("Set-Cookie")) == ("Accept-Encoding", None), address
        if "immutable" in answer.headers["Cache-Control"]:
            self.kept.add(address)
        return weight

    def _asked(self, address: str, form: dict[str, str] | None = None) -> tuple[Any, int]:
        headers = {"Accept-Encoding": "br, gzip", "Sec-Fetch-Site": "same-origin"}
        answer = self.client.open(address, method="POST" if form else "GET", data=form, headers=headers)
        return answer, len(answer.data) + len(str(answer.headers))


def _read(answer: Any) -> str:
    return gzip.decompress(answer.data).decode() if answer.content_encoding == "gzip" else answer.get_data(as_text=True)


@pytest.fixture
def visitor(app: Any) -> Visitor:
    """Somebody who has never been here."""
    return Visitor(app)


def test_the_first_page_and_the_next_ones_are_light(visitor: Visitor) -> None:
    first = visitor.weight_of("/login")
    assert visitor.scripts == ["js/shell.js"]
    first += visitor.weight_of("/login", form={"login": ADMIN, "password": PASSWORD})
    every_page = ["vendor/htmx.js", "js/shell.js", "js/side-menu.js", "js/search.js", "js/row-keys.js", "js/help.js"]
    assert sorted(visitor.scripts) == sorted([*every_page, "js/task-list.js"])
    assert 20_000 < first <= FIRST
    assert visitor.kept_names() == {
        "kontor.css",
        "kontor.svg",
        "icons.svg",
        "tabler.css",
        "htmx.js",
        "shell.js",
        "side-menu.js",
        "task-list.js",
        "search.js",
        "row-keys.js",
        "help.js",
    }
    for address in ("/", "/warehouse/items", "/contacts/companies", "/reports", "/account", "/help"):
        assert visitor.weight_of(address) <= AGAIN, address


def test_a_document_with_all_its_scripts_is_light_too(visitor: Visitor) -> None:
    visitor.weight_of("/login", form={"login": ADMIN, "password": PASSWORD})
    assert (
        visitor.weight_of("/trade/sales/new") <= AGAIN * 2 + 4_500
    )  # what reads GS1 labels and estimates weights among it
    assert "js/lines/grid.js" in visitor.scripts
    assert "js/country-currency.js" not in visitor.scripts
    assert visitor.weight_of("/trade/sales/new") <= AGAIN
