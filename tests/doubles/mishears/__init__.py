"""A module that means to listen to a hook and misspells it."""

from app.api.module import Module

module = Module(name="mishears", title="Mishears", version="1.0")
