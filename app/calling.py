"""How modules are called by what others do: effects belong to the transaction, what is collected may fail.

Which hooks there are stands in `app.hooks`. A module takes part by a function of the hook's name, with the hook's arguments,
in its `hooks.py`.
"""

import inspect
import secrets
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from functools import partial
from typing import Any, Concatenate, Generic, NamedTuple, ParamSpec, TypeVar

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.db import is_transient

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")

#: (the hook's name, whether modules that are switched off are called too) → module and function, required modules first
Listeners = Callable[[str, bool], Sequence[tuple[str, Callable[..., Any]]]]

_log = structlog.get_logger()
#: what a session knows of modules that failed while something was collected
_LEFT_OUT = "left_out"


class LeftOut(NamedTuple):
    """A module that failed to answer, and by what its error is found in the log."""

    module: str
    error_id: str


class Hook:
    """A point at which modules are called; the function that it is declared by says with what."""

    def __init__(self, declared: Callable[..., Any]) -> None:
        self.name = declared.__name__
        self.arguments = tuple(inspect.signature(declared).parameters)
        self.__doc__ = declared.__doc__


class Effect(Hook, Generic[Arguments]):
    """A hook within the caller's transaction: an error aborts the whole. Modules that are off are called too, as their
    registers stay true; one that has never been on, and has no tables, is not."""

    def __call__(self, session: Session, *args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        """Call every module that listens, those required first."""
        for _, function in _listeners(session, self.name, True):
            function(session, *args, **kwargs)


class Collect(Hook, Generic[Arguments, Answer]):
    """A hook that asks the modules that are on for something to show: one that fails is logged and left out."""

    def __call__(self, session: Session, *args: Arguments.args, **kwargs: Arguments.kwargs) -> list[Answer]:
        """What all of them have, those required first."""
        found: list[Answer] = []
        for module, function in _listeners(session, self.name, False):
            found += asked(session, module, self.name, partial(function, session, *args, **kwargs))
        return found


def effect(declared: Callable[Concatenate[Session, Arguments], None]) -> Effect[Arguments]:
    """Declare an effect hook."""
    return Effect(declared)


def collect(declared: Callable[Concatenate[Session, Arguments], Iterable[Answer]]) -> Collect[Arguments, Answer]:
    """Declare a hook that collects."""
    return Collect(declared)


def asked(session: Session, module: str, what: str, question: Callable[[], Iterable[Answer]]) -> list[Answer]:
    """What a module answers; nothing, and a line in the log, when it fails: the page says so (`left_out`). What fails in the
    database spoils nothing else.

    A session that writes is held together by a savepoint. One that only reads has nothing to lose and starts over, so that a
    page sends no statement more. What may go well another time is raised: the edge does the whole again.
    """
    writes = session.info.get("writes", False)
    try:
        with session.begin_nested() if writes else nullcontext():
            return list(question())
    except Exception as error:  # whatever a stranger does must not keep others' data from being shown
        if isinstance(error, DBAPIError) and is_transient(error):
            raise
        failed = LeftOut(module, secrets.token_hex(4))
        _log.exception("module.left_out", module=module, what=what, error_id=failed.error_id)
        session.info.setdefault(_LEFT_OUT, []).append(failed)
    if not writes:
        session.rollback()
    return []


def left_out(session: Session) -> list[LeftOut]:
    """Which modules have failed to answer so far, in their order."""
    return session.info.get(_LEFT_OUT, [])  # type: ignore[no-any-return]


def check_listeners(functions: dict[str, Callable[..., Any]], hooks: dict[str, Hook]) -> None:
    """Refuse (ImportError) a module whose `hooks.py` has a function that no hook calls, or that takes something else."""
    for name, function in functions.items():
        if name not in hooks:
            raise ImportError(f"hooks.py: there is no hook {name!r}")
        takes = tuple(inspect.signature(function).parameters)
        if takes != hooks[name].arguments:
            raise ImportError(
                f"hooks.py: {name} takes {', '.join(takes)}; the hook gives {', '.join(hooks[name].arguments)}"
            )


def _listeners(session: Session, name: str, off_too: bool) -> Sequence[tuple[str, Callable[..., Any]]]:
    listeners: Listeners | None = session.info["database"].known.get("hooks")
    return listeners(name, off_too) if listeners is not None else ()
