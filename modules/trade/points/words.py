"""What is said of points on a sale's lines."""

from typing import Any

from flask_babel import ngettext

from app.api.texts import number


def points_words(line: Any) -> str:
    """“− 120 points” of a line that is paid with some; empty of others."""
    if not line.points:
        return ""
    words: str = ngettext("%(n)s point", "%(n)s points", line.points, n=number(line.points))
    return f"− {words}"
