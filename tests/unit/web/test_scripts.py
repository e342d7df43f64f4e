"""A page is sent the scripts of the custom elements that stand in it, and no others."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from markupsafe import Markup

from app.web.kit import assets, scripts
from app.web.kit.scripts import ELEMENTS, scripts_in

ROOT = Path(__file__).parents[3]
JS, TEMPLATES = ROOT / "app/web/static/js", ROOT / "app/web/templates"
LABELS, OFFERS, LOOKUP = "js/scanned-text.js", "js/lines/offers.js", "js/lines/lookup-field.js"


@pytest.mark.parametrize(
    ("shown", "needed"),
    [
        ("", []),
        ("<p>Type to search</p>", []),
        ("&lt;lookup-field&gt; lookup-field", []),
        ("<lookup-fields></lookup-fields>", []),
        ('<lookup-field data-source="/">', [LABELS, OFFERS, LOOKUP]),
        ("<lookup-field></lookup-field>" * 3, [LABELS, OFFERS, LOOKUP]),
        ("<kept-form\n>", ["js/kept-form.js"]),
        ("<lookup-field><line-grid>", [*ELEMENTS["line-grid"], LOOKUP]),
    ],
)
def test_scripts_are_those_of_the_elements_that_stand_there_each_once(shown: str, needed: list[str]) -> None:
    assert scripts_in(shown) == needed


@pytest.fixture
def page() -> Any:
    """Renders a template with the filter."""
    app = Flask(__name__, static_folder=str(ROOT / "app/web/static"))
    assets.install(app)
    scripts.install(app)
    return lambda text, **values: app.jinja_env.from_string(text).render(**values)


def test_what_is_shown_is_followed_by_its_scripts(page: Any) -> None:
    text = "{% autoescape true %}{% filter with_scripts %}<kept-form>{{ typed }}</kept-form>{% endfilter %}{% endautoescape %}"
    shown = page(text, typed="<b>&")
    assert re.fullmatch(
        r'<kept-form>&lt;b&gt;&amp;</kept-form><script type="module" src="/static/js/kept-form.js\?v=[0-9a-f]{12}"></script>\n',
        shown,
    )


def test_what_somebody_typed_brings_no_scripts(page: Any) -> None:
    text = "{% autoescape true %}{% filter with_scripts %}{{ typed }}{% endfilter %}{% endautoescape %}"
    assert page(text, typed="<line-grid>") == "&lt;line-grid&gt;"
    assert page(text, typed=Markup("<b>fat</b>")) == "<b>fat</b>"


def test_every_custom_element_is_known_by_its_scripts() -> None:
    defined = {
        name: path.relative_to(JS.parent).as_posix()
        for path in JS.rglob("*.js")
        for name in re.findall(r'customElements\.define\("([^"]+)"', path.read_text("utf-8"))
    }
    assert defined == {name: needed[-1] for name, needed in ELEMENTS.items()}


def test_every_script_is_some_pages() -> None:
    of_elements = {name for needed in ELEMENTS.values() for name in needed}
    of_layouts = {
        name
        for path in TEMPLATES.glob("*.html")
        for name in re.findall(r"asset\('(js/[^']+)'\)", path.read_text("utf-8"))
    }
    of_scripts = {
        (path.parent / name).relative_to(JS.parent).as_posix()  # fetched when it is needed
        for path in JS.rglob("*.js")
        for name in re.findall(r'import\("\./([^"]+)"\)', path.read_text("utf-8"))
    }
    of_routes = {  # what a route sends by itself, such as a service worker
        name
        for path in (ROOT / "modules").rglob("*.py")
        for name in re.findall(r'send_static_file\("(js/[^"]+)"\)', path.read_text("utf-8"))
    }
    assert of_elements | of_layouts | of_scripts | of_routes == {
        path.relative_to(JS.parent).as_posix() for path in JS.rglob("*.js")
    }
    assert of_elements & of_layouts == set()


def test_scripts_stand_behind_those_that_they_build_on() -> None:
    everywhere = set(re.findall(r"window\.(Kontor\w+) = ", (JS / "shell.js").read_text("utf-8")))
    for needed in ELEMENTS.values():
        given = set(everywhere)
        for name in needed:
            text = (JS.parent / name).read_text("utf-8")
            fetched = [(JS.parent / name).parent / other for other in re.findall(r'import\("\./([\w-]+\.js)"\)', text)]
            given |= set(
                re.findall(r"window\.(Kontor\w+) = ", "".join([text, *(f.read_text("utf-8") for f in fetched)]))
            )
            assert set(re.findall(r"window\.(Kontor\w+)\b(?! = )", text)) <= given, name
