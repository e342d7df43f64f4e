"""What people are shown works: every link leads somewhere, every list can be asked as it offers, every form can be sent.

The short form: a page of each shape (`python -m bench faults` follows many). Forms are sent on SQLite. Every page is looked at
on PostgreSQL, which takes less of a question than SQLite does: tests of pages that are marked `one_engine` rely on that.
"""

import pytest
from flask import request

from tests.faults.crawl import Crawl, crawl
from tests.faults.houses import NOBODY, House
from tests.modules.web.browser_forms import Page

ON_SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@ON_SQLITE
def test_every_form_that_a_role_is_led_to_can_be_sent(house: House) -> None:
    """By whoever is shown little; the administrator's are sent by the longer form."""
    acting = crawl(house, (NOBODY, "steve"), most=1)
    assert acting.wrong == []
    assert acting.forms > 40
    assert house.doubts() == []


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_every_page_that_a_role_is_led_to_is_there_and_well_formed(house: House) -> None:
    house.switch("enterprise")
    looking = crawl(house, ("admin",), most=1, acts=False)  # who is shown the most
    assert looking.wrong == []
    assert min(looking.pages // 250, looking.lists // 30, looking.files // 100) > 0
    assert house.doubts() == []


@ON_SQLITE
def test_the_crawl_notices_what_is_wrong(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that fails, one without a title and one whose markup isn't whole, all linked from home."""
    pages = {"/help": ("<html><head></head></html>", 200), "/notifications": ("<p><b></p>", 200), "/account": ("", 500)}
    view = house.app.dispatch_request

    def answer() -> object:
        return pages.get(request.path) or view()

    crawl_of = Crawl(house, NOBODY, most=1)
    monkeypatch.setattr(house.app, "dispatch_request", answer)
    wrong = crawl_of.run(acts=False).wrong
    assert "nora: GET /help has no title" in wrong
    assert "nora: GET /notifications isn't well-formed: </p> ends <b>" in wrong
    assert "nora: GET /account answers 500" in wrong


def test_a_page_says_what_a_browser_would_send() -> None:
    page = Page(
        "<!doctype html><html><head><title>A</title></head><body><a href='/x'>x</a><form method=post action=/y>"
        "<input type=hidden name=t value=1><input name=a value=2><input type=checkbox name=b><input name=c disabled>"
        "<select name=d><option value=3>3</option><option value=4 selected>4</option></select>"
        "<textarea name=e>\r\n&lt;5</textarea><button name=then value=post>P</button></form></body></html>"
    )
    assert (page.title, page.links, page.errors) == ("A", ["/x"], [])
    (form,) = page.forms
    assert form.fields == {"t": ["1"], "a": ["2"], "d": ["4"], "e": ["<5"]}
    assert (form.hidden, form.choices, form.buttons) == ({"t": ["1"]}, {"d": ["3", "4"]}, [("then", "post")])
    assert Page("<p id=a><p id=a><i></p>").errors == ["the id a is there twice", "</p> ends <i>", "<p> isn't ended"]
