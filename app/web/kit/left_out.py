"""What a page says where a module failed to answer: the rest of it is shown all the same."""

from collections.abc import Iterator

from flask import g
from flask_babel import gettext as _

from app.calling import left_out
from app.web.edge.request import current_company


def said_of_left_out() -> Iterator[str]:
    """A sentence for each part that couldn't be worked out, with the number that its error has in the log."""
    titles = {manifest.name: manifest.title for manifest in current_company().manifests()}
    for failed in left_out(g.session) if "session" in g else ():
        yield _(
            "A part of this page couldn't be worked out, and is missing: what “%(module)s” says here. Tell your"
            " administrator: the error is in the log as %(number)s.",
            module=titles.get(failed.module, failed.module),
            number=failed.error_id,
        )
