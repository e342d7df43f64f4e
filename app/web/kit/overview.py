"""What modules put on the management overview: figures of a period, what is late, what lies ahead."""

from dataclasses import dataclass

from app.web.kit.home import HomeFigure

#: the parts of the page
OPERATIONS, LATE, AHEAD = "operations", "late", "ahead"


@dataclass(frozen=True)
class OverviewFigure(HomeFigure):
    """A figure with the part of the page that it stands in: what moved in the period, what is late, or what lies ahead."""

    part: str = OPERATIONS
