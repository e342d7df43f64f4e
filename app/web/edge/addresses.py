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
        def build(rule: "LateRule", **values: Any) -> tuple[str, str]:
            compiled = super()._compile_builder(append_unknown)
            built: Builder = compiled.__get__(rule, None)  # type: ignore[attr-defined]
            setattr(rule, "_build_unknown" if append_unknown else "_build", built)
            return built(**values)

        return build
