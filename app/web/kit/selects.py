"""A select whose choices are plain pairs, as the rest of the program hands them about."""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

import wtforms
from markupsafe import Markup, escape
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import Select

from app.custom import value_named
from app.web.edge.request import current_session


class Options(Select):
    """A select. Plain options are written at once: there are 250 in a list of countries, and each went a long way round."""

    @classmethod
    def render_option(cls, choice: Any, **options: Any) -> Markup:
        """One option."""
        if options or choice.render_kw or isinstance(choice.value, bool) or choice.value is None:
            return Markup(Select.render_option(choice, **options))  # noqa: S704 - which escapes it
        label = escape(choice.label or choice.value)
        chosen = "selected " if choice.selected else ""
        return Markup(f'<option {chosen}value="{escape(choice.value)}">{label}</option>')  # noqa: S704 - both are escaped


class SelectField(wtforms.SelectField):
    """One of (value, title) pairs, or of what gives them when the form is shown.

    `past`: what a value is called that isn't offered any more, though the record that is shown still has it: it stays until
    somebody chooses another. None: there is no such value.
    """

    widget = Options()

    def __init__(
        self,
        label: object = None,
        validators: Any = None,
        *,
        choices: Any = None,
        past: Callable[[Any], str | None] | None = None,
        **options: Any,
    ) -> None:
        self._past = past
        offered = (lambda: _made(choices())) if callable(choices) else _made(choices)
        super().__init__(label, validators, choices=offered, **options)

    @property
    def choices(self) -> Any:
        """What is offered."""
        offered = wtforms.SelectField.choices.fget(self)
        if self._past is None or offered is None or not self.data:
            return offered
        if str(self.data) in {str(choice.value) for choice in offered} or (title := self._past(self.data)) is None:
            return offered
        return [*offered, SelectChoice(self.data, title)]

    @choices.setter
    def choices(self, pairs: Iterable[Any] | None) -> None:
        wtforms.SelectField.choices.fset(self, _made(pairs))

    def title_of(self, value: Any, version: Any) -> str | None:
        """What a value is called that a version of the record has, whether it is offered now or not. None: nobody knows."""
        del version
        offered = wtforms.SelectField.choices.fget(self) or ()
        known = {str(self.coerce(choice.value)): str(choice.label).strip() for choice in offered}  # children are set in
        known |= {str(choice.value): str(choice.label).strip() for choice in offered}
        if (text := "" if value is None else str(value)) in known or self._past is None or not text:
            return known.get(text)
        return self._past(value)


class FollowingField(SelectField):
    """A record of those that belong to the one that another field of the form names; holds its number, or None.

    `offered` gives the (value, title) pairs of that field's value, with the record that is chosen `now` among them.
    """

    def __init__(
        self,
        label: object = None,
        validators: Any = None,
        *,
        follows: str,
        offered: Callable[[Session, int, int | None], list[tuple[str, str]]],
        _form: Any = None,
        **options: Any,
    ) -> None:
        self._within, self._follows, self._offered = _form, follows, offered
        options["coerce"] = lambda value: int(value) if value else None
        super().__init__(label, validators, choices=(), _form=_form, **options)

    def iter_choices(self) -> Any:
        """None, and what is offered."""
        self.choices = [("", "–"), *self.offered]
        return super().iter_choices()

    def title_of(self, value: Any, version: Any) -> str | None:
        """By the record that the version's own other field names."""
        of = value_named(version, self._follows)
        found = dict(self._offered(current_session(), of, value)) if of and value else {}
        return found.get(str(value)) or ("–" if value is None else None)

    @cached_property
    def offered(self) -> list[tuple[str, str]]:
        """What there is to choose from: nothing before the other field names a record."""
        of = self._within[self._follows].data
        return self._offered(current_session(), of, self.data) if of else []


def _made(pairs: Iterable[Any] | None) -> list[SelectChoice] | None:
    return None if pairs is None else [SelectChoice(value, title) for value, title in pairs]
