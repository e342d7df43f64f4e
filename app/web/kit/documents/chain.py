"""The picture of a document's chain: boxes from left to right, each leading to its document, and arrows between them."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.documents import Chain, Document, chain_of, depths, document_title, states_of
from app.web.kit.documents.journal import document_address

#: of a box and of what is between two, in pixels
_WIDTH, _HEIGHT, _ACROSS, _DOWN = 216, 62, 34, 12
#: so many letters of a line go into a box
_LETTERS = 24


@dataclass(frozen=True, slots=True)
class Box:
    """A document in the picture; `x` and `y` of its upper left corner."""

    row: Any
    x: int
    y: int
    title: str
    state: object
    #: empty: whoever looks may not open it
    address: str
    is_here: bool

    @property
    def short_title(self) -> str:
        """As much of the title as goes in; the number, by which people know a document, always whole."""
        if len(self.title) <= _LETTERS:
            return self.title
        number = f" {self.row.number}" if self.row.number else ""
        return f"{self.title[: _LETTERS - 1 - len(number)].rstrip()}…{number}"


@dataclass(frozen=True, slots=True)
class Picture:
    """Boxes and arrows, and how large they are together."""

    boxes: list[Box]
    #: the path of each arrow, as SVG says it
    arrows: list[str]
    width: int
    height: int
    #: how wide a box is
    box_width: int
    #: how many documents of the chain aren't drawn, and whether there may be even more
    more: int
    is_cut: bool


def picture_of(session: Session, document: Document) -> Picture | None:
    """The document with what it hangs together with; None where it stands alone."""
    chain = chain_of(session, document)
    return _drawn(chain, document.id) if len(chain.documents) > 1 else None


def _drawn(chain: Chain, here: int) -> Picture:
    steps, boxes = depths([row.id for row in chain.documents], chain.pairs), {}
    used: dict[int, int] = defaultdict(int)
    for row in chain.documents:
        step = steps[row.id]
        title = f"{document_title(row.kind)} {row.number or ''}".strip()
        boxes[row.id] = Box(
            row,
            step * (_WIDTH + _ACROSS),
            used[step] * (_HEIGHT + _DOWN),
            title,
            states_of(row.kind).get(row.state, row.state),
            document_address(row.kind, row.id) or "",
            row.id == here,
        )
        used[step] += 1
    arrows = [_arrow(boxes[earlier], boxes[later]) for earlier, later in chain.pairs]
    width = (max(steps.values()) + 1) * (_WIDTH + _ACROSS) - _ACROSS
    return Picture(
        list(boxes.values()),
        arrows,
        width,
        max(used.values()) * (_HEIGHT + _DOWN) - _DOWN,
        _WIDTH,
        chain.more,
        chain.is_cut,
    )


def _arrow(earlier: Box, later: Box) -> str:
    x, y, to_x, to_y = earlier.x + _WIDTH, earlier.y + _HEIGHT // 2, later.x - 3, later.y + _HEIGHT // 2
    bend = max((to_x - x) // 2, 12)
    return f"M{x} {y} C{x + bend} {y} {to_x - bend} {to_y} {to_x} {to_y}"
