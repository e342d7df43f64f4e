"""`app/hooks.py` is a table of contents: every hook in it says what it gives and what an error does, and somebody calls it."""

import re
from pathlib import Path
from typing import Any

import pytest

from app.calling import Collect, Effect, Hook, check_listeners, effect
from app.hooks import declared

ROOT = Path(__file__).parents[2]
SOURCES = [path for folder in ("app", "modules") for path in sorted((ROOT / folder).rglob("*.py"))]
#: what an error of a hook does, in its own words
ENDINGS = {Effect: r"An error (aborts|keeps) ", Collect: "A module that fails is left out"}


@pytest.fixture(params=sorted(declared()))
def hook(request: pytest.FixtureRequest) -> Hook:
    return declared()[request.param]


def test_it_says_what_it_gives_and_what_an_error_does(hook: Hook) -> None:
    text = " ".join((hook.__doc__ or "").split())
    named = set(re.findall(r"`(\w+)`", text))
    assert named == set(hook.arguments) - {"session"}
    assert re.search(ENDINGS[type(hook)], text), text


def test_its_first_argument_is_the_session(hook: Hook) -> None:
    assert hook.arguments[0] == "session"


def test_somebody_calls_it(hook: Hook) -> None:
    called = re.compile(rf"(?<!def )\b{hook.name}\(")
    assert [path for path in SOURCES if path.name != "hooks.py" and called.search(path.read_text("utf-8"))]


def test_a_function_that_no_hook_calls_is_refused() -> None:
    def document_psoted(session: Any, actor: Any, documents: Any) -> None: ...

    with pytest.raises(ImportError, match="there is no hook 'document_psoted'"):
        check_listeners({"document_psoted": document_psoted}, declared())


def test_a_function_that_takes_something_else_is_refused() -> None:
    def home_figures(session: Any) -> None: ...

    with pytest.raises(ImportError, match="home_figures takes session; the hook gives session, actor"):
        check_listeners({"home_figures": home_figures}, declared())


def test_a_hook_knows_its_name_and_arguments_by_its_declaration() -> None:
    @effect
    def something_happened(session: Any, what: str) -> None:
        """`what` happened."""

    assert (something_happened.name, something_happened.arguments) == ("something_happened", ("session", "what"))
