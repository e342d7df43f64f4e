"""Work by keyboard alone: every key that is pressed is counted, and nothing is clicked."""

from typing import Any


class Keyboard:
    """The keys of somebody at a page. A chord is one key, as is each letter of a text; a page that a key leads to is waited for
    by what it shows (`until`)."""

    def __init__(self, page: Any) -> None:
        self.page, self.keys = page, 0
        self.counts: dict[str, int] = {}

    def press(self, *chords: str) -> None:
        """One chord after another, such as `Control+k`."""
        for chord in chords:
            self.page.keyboard.press(chord)
            self.keys += 1

    def type(self, text: str, pause: int = 0) -> None:
        """A text where the focus is. `pause`: milliseconds between letters, where a scanner would be faster."""
        self.page.keyboard.type(text, delay=pause)
        self.keys += len(text)

    def until(self, selector: str) -> None:
        """Wait for what somebody would look for before they go on."""
        self.page.locator(selector).first.wait_for()

    def go(self, words: str, row: str, until: str) -> None:
        """By the search over everything to the first row, which has to be the one meant."""
        self.press("Control+k")
        self.type(words)
        self.until(f".found-row >> nth=0 >> text={row}")
        self.press("ArrowDown", "Enter")
        self.until(until)

    def did(self, what: str) -> None:
        """What the keys since the last time were for."""
        self.counts[what] = self.keys - sum(self.counts.values())
