"""Help pages: what is read of a file, what the search finds, and that bold words are those of the screen."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from app.help import CORE, FIRST, Library, Page, search_help
from app.help.pages import read_page
from app.registry import discover
from app.translations.refresh import LANGUAGES, catalog_path, folders, read, texts_of

SALE = """# Sales

Press **New sale** or `Insert`. <script>alert(1)</script>

## What is refused

- Too little in stock: see [Purchases](help:trade.purchase), or the [list](screen:trade.sale_list).

### Credit

A limit warns.
"""


@pytest.fixture
def books(tmp_path: Path) -> Library:
    texts = {
        "en/sale.md": SALE,
        "ru/sale.md": "# Продажи\n\nНажмите **Новая продажа**.\n\n## Возвраты\n\nКнопка возврата.\n",
        "en/item.md": "# Items\n\nGoods have sales prices.\n\n## Barcodes\n\nOf **sales** packages.\n",
        "en/thing.md": "# Things that were sold\n\nNothing.\n",
        "ru/lost.md": "# Без английской страницы\n",
    }
    for name, text in texts.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    return Library({"trade": tmp_path})


def everything(books: Library, language: str) -> Iterator[Page]:
    return (page for name in books.names if (page := books.page(name, language)))


def found(books: Library, text: str, language: str = "en") -> list[tuple[str, str]]:
    return [(f.page.name, f.section.title) for f in search_help(everything(books, language), text)]


def test_a_page_is_taken_apart(books: Library) -> None:
    page = books.page("trade.sale", "en")
    assert page is not None
    assert page.title == "Sales"
    assert [(s.level, s.title, s.anchor) for s in page.sections] == [
        (1, "Sales", "trade-sale-0"),
        (2, "What is refused", "trade-sale-1"),
        (3, "Credit", "trade-sale-2"),
    ]
    assert page.links == ("help:trade.purchase", "screen:trade.sale_list")
    assert page.words == ("New sale",)
    assert page.sections[1].paragraphs == ("Too little in stock: see Purchases, or the list.",)


def test_html_in_a_page_stays_text(books: Library) -> None:
    page = books.page("trade.sale", "en")
    assert page is not None
    assert "<script" not in page.html
    assert "&lt;script&gt;" in page.html
    assert '<h2 id="trade-sale-1">What is refused</h2>' in page.html


def test_a_language_that_has_no_page_gets_the_english_one(books: Library) -> None:
    spoken = {name: [books.page(name, language).language for language in ("ru", "vi")] for name in books.names}  # type: ignore[union-attr]
    assert spoken == {"trade.item": ["en", "en"], "trade.sale": ["ru", "en"], "trade.thing": ["en", "en"]}


@pytest.mark.parametrize("name", ["trade.lost", "trade.../en/sale", "trade.nothing", "nothing.sale", "sale", ""])
def test_what_has_no_english_page_is_not_a_page(books: Library, name: str) -> None:
    assert name not in books
    assert books.page(name, "ru") is None


@pytest.mark.parametrize("text", ["No title\n", "## Too low\n", "# One\n\n# Two\n", ""])
def test_a_page_begins_with_its_only_title(tmp_path: Path, text: str) -> None:
    path = tmp_path / "page.md"
    path.write_text(text, "utf-8")
    with pytest.raises(ValueError, match="begins with its title"):
        read_page("trade.page", "en", path)


def test_titles_come_before_headings_and_those_before_text(books: Library) -> None:
    assert found(books, "sales") == [("trade.sale", "Sales"), ("trade.item", "Items")]
    assert found(books, "barcode") == [("trade.item", "Barcodes")]
    assert found(books, "stock little") == [("trade.sale", "What is refused")]


def test_all_words_must_be_there_wherever_on_the_page(books: Library) -> None:
    assert found(books, "goods packages") == [("trade.item", "Items")]
    assert found(books, "goods limit") == []
    assert found(books, "   ") == []


def test_case_accents_and_endings_do_not_matter(books: Library) -> None:
    assert found(books, "REFÚSED") == [("trade.sale", "What is refused")]
    assert found(books, "возвратами", "ru") == [("trade.sale", "Возвраты")]
    assert found(books, "продажа", "ru")[0] == ("trade.sale", "Продажи")


def test_an_excerpt_ends_with_a_word(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en/long.md").write_text(f"# Long\n\n{'goods and more ' * 40}\n", "utf-8")
    excerpt = search_help(everything(Library({"trade": tmp_path}), "en"), "goods")[0].excerpt
    assert len(excerpt) <= 150
    assert excerpt.endswith((" goods…", " and…", " more…"))


# What stands in bold type on the pages of our own modules.

#: said alike in every language, and in no catalog
ALIKE = {"PDF", "XLSX"}
BOOKS = Library({"core": CORE, **{m.name: m.folder / "help" for m in discover().values() if m.manifest is not None}})


@cache
def texts(language: str = FIRST) -> dict[str, set[str]]:
    """Text → what screens call it in the language."""
    called: dict[str, set[str]] = {}
    for folder in folders():
        catalog = read(catalog_path(folder, language), language) if language != FIRST else texts_of(folder)
        for message in catalog:
            if message.id and isinstance(message.id, str):
                said = message.string if language != FIRST else message.id
                called.setdefault(message.id, set()).add(str(said))
    return called


@pytest.mark.parametrize("name", BOOKS.names)
def test_bold_words_of_a_page_are_those_of_the_screen_in_each_language(name: str) -> None:
    english = BOOKS.page(name, FIRST)
    assert english is not None
    words = set(english.words) - ALIKE
    assert words - texts().keys() == set()
    for language in LANGUAGES:
        page = BOOKS.page(name, language)
        assert page is not None
        called = texts(language)
        said = set(page.words) - ALIKE
        assert {word for word in words if not called[word] & said} == set(), language
        assert said - set().union(*(called[word] for word in words)) == set(), language
