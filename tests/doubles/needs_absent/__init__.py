"""A module that needs one which is not installed."""

from app.api.module import Module

module = Module(name="needs_absent", title="Needs the absent", version="1.0", requires=("absent",))
