"""Why a backup can't be made, read or restored."""

from app.errors import Conflict, Invalid
from app.translation import lazy_gettext as _l


class NotABackup(Invalid):
    """The file isn't a backup of Kontor's, or so damaged that nothing of it can be read."""

    def __init__(self, name: str) -> None:
        super().__init__(_l("%(file)s isn't a backup, or it is damaged beyond reading.", file=name), field="file")


class Damaged(Invalid):
    """A part of the backup isn't what was written."""

    def __init__(self, name: str, part: str) -> None:
        message = _l("%(file)s is damaged: “%(part)s” isn't what was written.", file=name, part=part)
        super().__init__(message, field="file")
        self.part = part


class WrongKey(Invalid):
    """The backup is encrypted, and what was given doesn't open it. Whether a passphrase was near is not said."""

    def __init__(self, name: str, *, was_given: bool) -> None:
        message = (
            _l("This passphrase or key doesn't open %(file)s.", file=name)
            if was_given
            else _l("%(file)s is encrypted. Give its passphrase or a key.", file=name)
        )
        super().__init__(message, field="passphrase")


class NewerBackup(Conflict):
    """The backup was made by a newer program, whose data this one doesn't understand."""

    def __init__(self, version: str) -> None:
        super().__init__(
            _l("This backup was made by Kontor %(version)s, which is newer. Install that version.", version=version)
        )


class NoRoom(Conflict):
    """The disk can't take what the backup holds."""

    def __init__(self, needed: int, free: int) -> None:
        message = _l(
            "There is no room on the disk: %(needed)s MB are needed, %(free)s MB are free.",
            needed=-(-needed // 1_000_000),
            free=free // 1_000_000,
        )
        super().__init__(message)


class Occupied(Conflict):
    """There is something where the backup, or the company of a backup, should be written."""

    def __init__(self, what: object) -> None:
        super().__init__(_l("%(what)s is there already, and isn't overwritten.", what=what))


class WrongDatabase(Conflict):
    """The backup is of another kind of database than the one that it should be restored into."""

    def __init__(self, kind: str, other: str) -> None:
        super().__init__(
            _l("This is a backup of %(kind)s and can't be restored into %(other)s.", kind=kind, other=other)
        )


class NotEqual(Conflict):
    """What was restored doesn't show the figures that were backed up."""

    def __init__(self, difference: str) -> None:
        super().__init__(_l("What was restored isn't what was backed up: %(difference)s", difference=difference))
