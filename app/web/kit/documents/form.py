"""The form of a document: from a draft, and to one."""

from dataclasses import fields
from typing import Any

from app.custom import value_named
from app.documents import Draft, Kind, closed_fields
from app.errors import KontorError
from app.security import MASKED, Actor
from app.web.edge.request import operation_id
from app.web.kit.forms import Form, VersionField
from app.web.kit.lines.field import LinesField


class LinesForm(Form):
    """A form with lines below its other fields."""

    lines: LinesField
    #: of what the person began from
    version = VersionField()

    @property
    def heads(self) -> list[Any]:
        """The fields above the lines."""
        return [f for f in self.entries if f.name != "lines"]

    def refuse(self, error: KontorError) -> None:
        """Show what an operation refused: at the field that it names, or at its line."""
        if getattr(error, "field", None) in self._fields:
            super().refuse(error)
        else:
            self.lines.refuse(error)


class DocumentForm(LinesForm):
    """Fields are named as those of the kind's draft; each form has `moment`, `note` and `lines`."""

    #: whether it is shown for a new document, made from no other, before anybody has typed in it
    is_blank = False

    def offer(self, session: Any, model: type[Any]) -> None:
        """What there is to choose from, for a document of this kind."""

    def close_for(self, actor: Actor, kind: Kind[Any]) -> None:
        """Take out what is closed to the actor: saving keeps it as it is stored."""
        heads, of_line = closed_fields(actor, kind)
        self.close(*heads)
        self.lines.close(of_line)

    def show(self, draft: Draft, version: int | None = None) -> None:
        """Show a draft: what a stored document says (`version`), or what a new one begins with."""
        for field in self.heads:
            value = value_named(draft, field.name)
            field.data = None if value is MASKED else value
        if self.moment.data is None:
            self.moment.offer_present()
        self.lines.show(getattr(draft, "lines", None) or ())
        self.version.show(version)

    def draft(self, kind: Kind[Any]) -> Any:
        """What was typed. A field without a value is as the draft has it by itself."""
        known = {field.name for field in fields(kind.draft)}
        values = {name: value for name, value in self.values().items() if name in known and value is not None}
        values |= {"lines": self.lines.lines(kind.line), "operation_id": operation_id()}
        return kind.draft(**{**values, "version": self.version.data})
