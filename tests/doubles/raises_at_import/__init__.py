"""A module that can't even be imported."""

raise RuntimeError("I do not work here")
