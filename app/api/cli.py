"""A module's own commands."""

from app.cli.running import Day, reading, say, with_company, writing

__all__ = [
    "Day",
    "reading",
    "say",
    "with_company",
    "writing",
]
