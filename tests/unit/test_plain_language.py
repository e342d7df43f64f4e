"""Everything is in plain modern English: words that a reader elsewhere would stumble over stand in no file and no message."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent.parent
LIST = ROOT / "tests" / "unit" / "banned_words.toml"
RULES = tomllib.loads(LIST.read_text("utf-8"))
FOLDERS = ("app", "bench", "changes", "docs", "examples", "migrations", "modules", "tests")
FILES = ("CHANGELOG.md", "README.md", "hatch_build.py", "kontor", "pyproject.toml")
KINDS = {".css", ".html", ".js", ".md", ".po", ".py", ".toml"}
#: what others wrote, or what is made by a program
FOREIGN = {"__pycache__", "node_modules", "vendor"}
#: a line may break between two words, within a comment too
BREAK = re.compile(r"\s*\n\s*(?:(?:#:?|//|\*)\s+)?")


def files() -> Iterator[Path]:
    yield from (ROOT / name for name in FILES)
    for folder in FOLDERS:
        yield from (p for p in sorted((ROOT / folder).rglob("*")) if p.suffix in KINDS and not FOREIGN & {*p.parts})


@cache
def pattern_of(words: str, is_cased: bool) -> re.Pattern[str]:
    """An expression of the list; it ends where a word ends, unless it says itself what follows."""
    end = "" if words.endswith(")") else "(?![A-Za-z])"
    return re.compile(rf"(?<![A-Za-z])(?:{words}){end}", 0 if is_cased else re.IGNORECASE)


def found_in(text: str) -> list[str]:
    """Every banned word, with some of what stands around it and what to write instead."""
    plain = BREAK.sub(" ", split_names(text))
    return [
        f"“{plain[max(match.start() - 30, 0) : match.end() + 30]}”: not “{match[0]}”, but {rule['instead']}"
        for rule in RULES["words"]
        for match in pattern_of(rule["words"], rule.get("cased", False)).finditer(plain)
    ]


def split_names(text: str) -> str:
    """The words of `snake_case` and `CamelCase` apart."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text.replace("_", " "))


def text_of(path: Path) -> str:
    """What we wrote in a file, its exceptions left out: of a catalog the texts, as translations have their own words."""
    if path.suffix == ".po":
        with path.open("rb") as file:
            texts = [m.id if isinstance(m.id, str) else "\n".join(m.id) for m in read_po(file)]
        return "\n".join(texts)
    text = path.read_text("utf-8")
    for exception in exceptions_of(path):
        text = text.replace(exception["text"], "")
    return re.sub(r"(?:tests|bench)[./ ]faults", "", text)  # the folder, and the command that does what is in it


def exceptions_of(path: Path) -> list[dict[str, Any]]:
    return [e for e in RULES["exceptions"] if ROOT / e["in"] == path]


def test_every_file_is_in_plain_language() -> None:
    ours = (path for path in files() if path not in (LIST, Path(__file__)))
    found = [f"{path.relative_to(ROOT)}: {words}" for path in ours for words in found_in(text_of(path))]
    assert not found, "\n".join(found)


def test_every_exception_is_still_needed_and_gives_its_reason() -> None:
    for exception in RULES["exceptions"]:
        assert exception["text"] in (ROOT / exception["in"]).read_text("utf-8"), exception
        assert found_in(exception["text"]), exception
        assert exception["why"], exception


@pytest.mark.parametrize(
    "text",
    [
        "what he sees",
        "def test_nobody_copies_what_he_may_not_see() -> None:",
        "class LineFault:",
        "line.faults = {}",
        "“x” is no number",
        "the later documents are to be taken\n    # back first",
        "_('Called off')",
        "class Bare:",
        "class Got(Exception):",
        "data-told",
    ],
)
def test_a_banned_word_is_found(text: str) -> None:
    assert found_in(text)


@pytest.mark.parametrize(
    "text", ["the cheque", "default", "there is no such page", "it is no longer open", "a bare table", "other"]
)
def test_plain_words_are_let_through(text: str) -> None:
    assert not found_in(text)
