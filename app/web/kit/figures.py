"""A figure on the home page; modules give theirs by the hook `home_figures`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class HomeFigure:
    """What the figure is called, its value as people read it, where its rows are, and what it counts."""

    title: str
    value: str
    address: str
    note: str = ""
