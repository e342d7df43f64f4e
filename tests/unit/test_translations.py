"""Russian and Vietnamese are complete, and every translation takes the same values as its text."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, nodes

from app.translations.refresh import LANGUAGES, catalog_path, folders, read, texts_of

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")


def forms_of(text: Any) -> tuple[str, ...]:
    """A text's one form, or all that a number can ask for."""
    return text if isinstance(text, tuple) else (text,)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("folder", list(folders()), ids=lambda folder: folder.name)
def test_every_text_is_translated(folder: Path, language: str) -> None:
    catalog = read(catalog_path(folder, language), language)
    wanted = {message.id for message in texts_of(folder) if message.id}
    missing = {text for text in wanted if not (catalog.get(text) and all(forms_of(catalog[text].string)))}
    assert missing == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("folder", list(folders()), ids=lambda folder: folder.name)
def test_a_translation_takes_the_values_of_its_text(folder: Path, language: str) -> None:
    catalog = read(catalog_path(folder, language), language)
    wrong = {
        message.id: message.string
        for message in catalog
        if message.id
        for form in forms_of(message.string)
        if form and sorted(PLACEHOLDER.findall(forms_of(message.id)[-1])) != sorted(PLACEHOLDER.findall(form))
    }
    assert wrong == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_translated_in_two_ways(language: str) -> None:
    """All catalogs are read as one, so a text of one folder would be shown as another folder means it."""
    ways: dict[Any, set[Any]] = {}
    for folder in folders():
        for message in read(catalog_path(folder, language), language):
            if message.id and message.string:
                ways.setdefault(message.id, set()).add(message.string)
    assert {text: said for text, said in ways.items() if len(said) > 1} == {}


#: What translates → where in its arguments the texts stand; all of them are written there.
CALLED = {
    **dict.fromkeys(("_", "_l", "gettext", "lazy_gettext"), (0,)),
    **dict.fromkeys(("ngettext", "lazy_ngettext"), (0, 1)),
    **dict.fromkeys(("pgettext", "lazy_pgettext"), (0, 1)),
}
#: Where a text that was written in the program is translated when somebody reads it.
TRANSLATING = {"app/translation.py", "app/notifications/texts.py"}


def _calls(source: Path) -> Iterator[tuple[str, bool]]:
    """Each call that translates, and whether what it translates is written there."""
    if source.suffix == ".html":
        tree = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"]).parse(source.read_text())
        for call in tree.find_all((nodes.Call, nodes.Filter)):
            name = (
                call.name
                if isinstance(call, nodes.Filter)
                else getattr(call.node, "name", getattr(call.node, "attr", ""))
            )
            if name in CALLED:
                given = call.args if isinstance(call, nodes.Call) else [call.node, *call.args]
                yield f"{source}:{call.lineno}", all(isinstance(part, nodes.Const) for part in _texts(given, name))
        return
    for found in ast.walk(ast.parse(source.read_text())):
        name = getattr(found.func, "id", getattr(found.func, "attr", "")) if isinstance(found, ast.Call) else ""
        if name in CALLED:
            yield f"{source}:{found.lineno}", all(isinstance(part, ast.Constant) for part in _texts(found.args, name))


def _texts(given: list[Any], name: str) -> list[Any]:
    """The arguments that are texts; None for one that isn't given by its place."""
    return [given[place] if place < len(given) else None for place in CALLED[name]]


@pytest.mark.parametrize(
    "call",
    [
        "_(name)",
        "ngettext('a', name, n)",
        "pgettext('of a role', name)",
        "flask_babel.gettext(name)",
        "_(message=name)",
        "_(f'{name}')",
    ],
)
def test_what_is_not_written_there_is_noticed(call: str, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(call)
    (tmp_path / "a.html").write_text("{{ name | gettext }} {{ t.gettext(name) }} {{ ngettext('a', name, n) }}")
    assert [is_written for _where, is_written in _calls(tmp_path / "a.py")] == [False]
    assert [is_written for _where, is_written in _calls(tmp_path / "a.html")] == [False] * 3


def test_only_what_is_written_in_the_program_is_translated() -> None:
    """A name that somebody typed would be a format, and in a template markup."""
    sources = [path for folder in ("app", "modules", "examples") for path in Path(folder).rglob("*.*")]
    sources = [s for s in sources if s.suffix in (".py", ".html") and s.as_posix() not in TRANSLATING]
    calls = [call for source in sources for call in _calls(source)]
    assert len(calls) > 1000
    assert [where for where, is_written in calls if not is_written] == []


@pytest.mark.parametrize("folder", list(folders()), ids=lambda folder: folder.name)
def test_no_text_is_translated_within_an_f_string(folder: Path) -> None:
    """What brings the catalogs up to the code doesn't see it there, so that it would stay in English without a word."""
    hidden = {
        f"{source.relative_to(folder)}:{call.lineno}"
        for source in folder.rglob("*.py")
        for text in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in CALLED
    }
    assert hidden == set()
