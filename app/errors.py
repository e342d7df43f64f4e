"""What can be refused, each with the words a user reads and the HTTP status that fits; nothing here knows who asked."""

from datetime import date
from typing import Any

from app import formats
from app.translation import lazily
from app.translation import lazy_gettext as _l


class KontorError(Exception):
    """A refusal with a message for the user: it says what is wrong and, where it can, what to do."""

    status = 422

    def __init__(self, message: object) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class Invalid(KontorError):
    """The input cannot be what the user meant. `field` names the field, where the error is in one field; `column` the cell,
    where it is in one cell of a document's line, which the message names as `n`."""

    def __init__(self, message: object, *, field: str | None = None, column: str = "") -> None:
        super().__init__(message)
        self.field, self.column = field, column


class NotFound(KontorError):
    """There is no such thing, or the actor may not know that there is."""

    status = 404

    def __init__(self, message: object = _l("There is no such record, or it is not open to you.")) -> None:
        super().__init__(message)


class Forbidden(KontorError):
    """The actor lacks a permission or a confidential field group."""

    status = 403

    def __init__(self, needs: str) -> None:
        super().__init__(_l("You may not do this. Ask an administrator for the right “%(needs)s”.", needs=needs))
        self.needs = needs


class ReadOnly(KontorError):
    """Who asks to write may only read: a program by its token, or somebody who sees what another one sees."""

    status = 403

    def __init__(self, *, is_view: bool = False) -> None:
        token = _l("This token may read only. Create one that may write.")
        super().__init__(
            _l("You only see what somebody else sees. Be yourself again to change anything.") if is_view else token
        )


class Conflict(KontorError):
    """The thing has changed meanwhile, or is in a state in which this cannot be done. `field` names the field, where it
    is about one field."""

    status = 409

    def __init__(self, message: object, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class PeriodClosed(Conflict):
    """A posting would change a closed period."""

    def __init__(self, closed_until: date) -> None:
        super().__init__(
            _l(
                "The books are closed up to %(date)s. Choose a later date, or ask an accountant to reopen the period.",
                date=lazily(formats.day, closed_until),
            )
        )


class NoRate(Invalid):
    """What a currency is worth on a day isn't known."""

    def __init__(self, currency: str, day: date) -> None:
        said = {"currency": currency, "day": lazily(formats.day, day)}
        super().__init__(_l("There is no exchange rate of %(currency)s for %(day)s.", **said), field="currency")
        self.currency, self.day = currency, day


class ModuleOff(NotFound):
    """The module is installed but switched off."""

    def __init__(self, name: str) -> None:
        super().__init__(_l("The module “%(name)s” is switched off.", name=name))


class Changed(Conflict):
    """Somebody else has saved what this person edits since they began. `stored` is as it stands now."""

    #: whether the person is asked about all that they typed, and not just about what the other has changed as well
    asks_about_all = False

    def __init__(self, stored: Any, message: object = None) -> None:
        super().__init__(
            message
            or _l(
                "Somebody else has saved this meanwhile. What you typed is kept; what only they have changed was taken"
                " over. Look at it, then save again: what stands in the form is saved."
            )
        )
        self.stored = stored
