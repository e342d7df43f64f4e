"""A whole module that needs one which needs one which is not installed."""

from app.api.module import Module

module = Module(name="needs_broken", title="Needs the broken", version="1.0", requires=("needs_absent",))
