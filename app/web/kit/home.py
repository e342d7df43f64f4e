"""What modules put on the home page: figures, what needs attention, and the first steps of an empty company."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class HomeFigure:
    """What the figure is called, its value as people read it, where its rows are, and what it counts."""

    title: str
    value: str
    address: str
    note: str = ""


@dataclass(frozen=True)
class Attention:
    """Something that waits for somebody: how much of it there is, what it is, and where it is done. Nothing is said of zero."""

    count: int
    title: str
    address: str
    #: whether it gets worse by waiting
    is_urgent: bool = False


@dataclass(frozen=True)
class HomePart:
    """A part of the home page, by a template of its module's that knows it as `part`."""

    template: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FirstStep:
    """What a new company does once. `is_done` asks the database, and is asked no more once it has said yes.

    A step of the same name as another module's takes its place, and is done when either is.
    """

    name: str
    title: object
    about: object
    address: str
    #: the permission of whoever can do it
    needs: str
    is_done: Callable[[Session], bool]
    #: steps are shown in this order
    rank: int


#: more than this is counted by nobody: a page asks for no more rows
MOST_COUNTED = 1000
