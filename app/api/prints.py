"""What a document says on paper."""

from app.documents import Fact, Paper, PaperColumn, Print, Total

__all__ = [
    "Fact",
    "Paper",
    "PaperColumn",
    "Print",
    "Total",
]
