"""A module that loads well, and whose classes fail as soon as somebody asks the database for anything."""

from app.api.module import Module

module = Module(name="points_nowhere", title="Points nowhere", version="1.0")
