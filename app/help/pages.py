"""A help page: a Markdown file, rendered and taken apart for the search. Written by programmers; HTML in it stays text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from app.search import fold

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_WORD = re.compile(r"\w+")

#: A link as it is rendered; `help:` and `screen:` become addresses when somebody reads the page.
LINK = re.compile(r'<a href="(?P<kind>help|screen):(?P<name>[\w.]+)">(?P<text>.*?)</a>', re.DOTALL)


@dataclass(frozen=True)
class Section:
    """A heading with what stands below it, as text."""

    level: int
    title: str
    #: its id on the page
    anchor: str
    paragraphs: tuple[str, ...]

    @cached_property
    def folded(self) -> tuple[str, tuple[str, ...]]:
        """The title and the paragraphs as the search looks at them."""
        return folded_words(self.title), tuple(map(folded_words, self.paragraphs))


@dataclass(frozen=True)
class Page:
    """A help page in one language."""

    name: str
    language: str
    #: what follows the title, as HTML
    html: str
    #: the first one is the page itself
    sections: tuple[Section, ...]
    #: where its links lead, as written
    links: tuple[str, ...]
    #: what is printed bold: words of the screen
    words: tuple[str, ...]

    @property
    def title(self) -> str:
        """What the page is called."""
        return self.sections[0].title


def folded_words(text: str) -> str:
    """A text's words as the search looks at them, a space before each."""
    return "".join(f" {word}" for word in _WORD.findall(fold(text)))


def read_page(name: str, language: str, path: Path) -> Page:
    """Read a page. Refused (ValueError): a file that doesn't begin with its title, or has two."""
    markdown = _markdown()
    tokens = markdown.parse(path.read_text("utf-8"))
    if [t.tag for t in tokens if t.type == "heading_open" and t.tag == "h1"] != ["h1"] or tokens[0].tag != "h1":
        raise ValueError(f"{path}: a page begins with its title, and has no other")
    sections = tuple(_sections(tokens, name.replace(".", "-")))
    inline = [child for token in tokens if token.type == "inline" for child in token.children or ()]
    return Page(
        name,
        language,
        markdown.renderer.render(tokens[3:], markdown.options, {}),  # the title is three tokens
        sections,
        tuple(str(token.attrs["href"]) for token in inline if token.type == "link_open"),
        tuple(_bold(inline)),
    )


@lru_cache(maxsize=1)
def _markdown() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # nobody reads help while the server starts

    return MarkdownIt("commonmark", {"html": False})


def _sections(tokens: "Sequence[Token]", stem: str) -> Iterator[Section]:
    """The page's sections; gives each heading its id, which is the same in every language."""
    starts = [n for n, token in enumerate(tokens) if token.type == "heading_open"]
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(tokens)], strict=True)):
        anchor = f"{stem}-{number}"
        tokens[start].attrSet("id", anchor)
        texts = [_text(token) for token in tokens[start:end] if token.type == "inline"]
        yield Section(int(tokens[start].tag[1:]), texts[0], anchor, tuple(texts[1:]))


def _text(token: "Token") -> str:
    return "".join(" " if child.type == "softbreak" else child.content for child in token.children or ())


def _bold(inline: "Sequence[Token]") -> Iterator[str]:
    for n, token in enumerate(inline):
        if token.type == "strong_open":
            yield inline[n + 1].content
