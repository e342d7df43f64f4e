"""Rules of routes that work out how to write their addresses when somebody first asks for one."""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


class LateRule(Rule):
    """A rule like any other: to compile two functions for each of hundreds took half of the time that an application takes.

    A release of werkzeug that goes about it otherwise leaves this aside, and only takes longer to start.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        compiled: Builder | None = None

        def build(rule: "LateRule", /, **values: Any) -> tuple[str, str]:
            nonlocal compiled
            if compiled is None:
                compiled = super()._compile_builder(append_unknown)
            return compiled(rule, **values)

        return build
