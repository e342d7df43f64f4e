"""Bringing a database up to what the code expects: the core and every module with a version table of its own."""

from app.migrations.runner import ENVIRONMENT, Source, current, head, hold, pending, upgrade

__all__ = ["ENVIRONMENT", "Source", "current", "head", "hold", "pending", "upgrade"]
