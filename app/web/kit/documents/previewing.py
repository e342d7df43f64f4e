"""The page of what a document would change, before it is posted or corrected."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import render_template, request

from app.clock import wall_clock
from app.documents import Document, Kind, Preview, Words, preview
from app.reference import base_currency
from app.web.edge.request import current_actor, current_session
from app.web.kit.refusing import refusal_words

#: the field by which a form says that its sender has seen the page
SEEN = "seen"
#: what the page itself sends
_OWN = ("csrf_token", "opened_in", "then", SEEN)


def may_change_others(kind: Kind[Any], moment: datetime | None) -> bool:
    """Whether a document of the kind may change what others say: something may have happened since its moment (None: it
    happens when it is posted), or it reaches back."""
    return kind.reaches_back or (moment is not None and moment < wall_clock())


def show_preview(seen: Preview, title: str, then: str, words: Words, *, action: str = "", back: str = "") -> str:
    """What a document would change, with the buttons to do so and to leave it. Without an `action` both send again what was
    sent, to the same address; else the document is there already, its page at `back`."""
    typed = [] if action else [(name, value) for name, value in request.form.items(multi=True) if name not in _OWN]
    return render_template(
        "document_preview.html",
        seen=seen,
        refusal=refusal_words(seen.refusal) if seen.refusal is not None else "",
        title=title,
        then=then,
        words=words,
        action=action,
        back=back,
        typed=typed,
        currency=base_currency(current_session()),
    )


def show_changes_first(act: Callable[[], Document], title: str, words: Words) -> str | None:
    """Of an act that has no draft: the page of what it would change, where figures of other documents are among that and its
    sender hasn't seen the page. None: there is nothing to see first, or `act` is refused, as it will be again."""
    if request.form.get(SEEN):
        return None
    seen = preview(current_session(), current_actor(), act)
    return show_preview(seen, title, "post", words) if seen.changes_others else None


def is_back_from_preview() -> bool:
    """Whether somebody comes back from the page to change what they typed."""
    return request.form.get("then") == "change"
