"""Searching the help: every word of the question, whatever its case, accents and ending; titles and headings first."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.help.pages import Page, Section, folded_words
from app.texts import shortened

#: so many characters of a paragraph are shown
EXCERPT = 150
#: A word of at least so many letters is found by its beginning too: Russian and English words change their endings.
LONG, ENDING = 6, 2


@dataclass(frozen=True)
class Found:
    """A section that answers, how well, and the paragraph that does."""

    page: Page
    section: Section
    rank: int
    excerpt: str


def search_help(pages: Iterable[Page], text: str) -> list[Found]:
    """The best section of every page that has all the words, best first; nothing for a text without words."""
    words = folded_words(text).split()
    found = [best for page in pages if (best := _best(page, words))] if words else []
    return sorted(found, key=lambda f: (-f.rank, f.page.title))


def _best(page: Page, words: list[str]) -> Found | None:
    """A title is worth more than a heading, that more than text; whole words more than their beginnings."""
    ranks = [(max(_ranks(section, words, is_title=n == 0), default=0), -n) for n, section in enumerate(page.sections)]
    rank, n = max(ranks)
    if rank == 0:
        return _scattered(page, _stems(words))
    section = page.sections[-n]
    return Found(page, section, rank, _excerpt(section, _stems(words)))


def _ranks(section: Section, words: list[str], *, is_title: bool) -> Iterator[int]:
    stems, (title, paragraphs) = _stems(words), section.folded
    whole = "".join((title, *paragraphs))
    if _all_in(stems, title):
        yield (7 if is_title else 5) + _all_in(words, title)
    if f" {' '.join(words)}" in whole:
        yield 4
    if _all_in(stems, whole):
        yield 2 + _all_in(words, whole)


def _scattered(page: Page, stems: list[str]) -> Found | None:
    """The page has all the words, but in no section together."""
    folded = ["".join((title, *paragraphs)) for title, paragraphs in (section.folded for section in page.sections)]
    if not _all_in(stems, "".join(folded)):
        return None
    n = next(n for n, text in enumerate(folded) if _all_in(stems[:1], text))
    return Found(page, page.sections[n], 1, _excerpt(page.sections[n], stems))


def _all_in(words: Sequence[str], text: str) -> bool:
    return all(f" {word}" in text for word in words)


def _stems(words: list[str]) -> list[str]:
    return [word[:-ENDING] if len(word) >= LONG else word for word in words]


def _excerpt(section: Section, stems: list[str]) -> str:
    """The paragraph that has most of the words, shortened at a word's end."""
    if not section.paragraphs:
        return ""
    counts = [sum(f" {stem}" in folded for stem in stems) for folded in section.folded[1]]
    paragraph = section.paragraphs[counts.index(max(counts))]
    return shortened(paragraph, EXCERPT)
