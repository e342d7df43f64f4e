"""Acts that a browser keeps until they are answered: what is sent of one, and the three answers that it can get.

`static/js/act-queue.js` keeps each act with a number of its own in the browser's database, and sends it, in order, until it is
answered. A lost answer is sent for again, so the operation behind must be done once for each number (`operation_id`). The
answers (docs/adr/0069):

- **done**: it is written; the browser forgets it. `{"state": "done", …}`
- **refused**: it can't be done as it is; a person mends it or throws it away. `{"state": "refused", "message": …}`
- **again**: not now; it is sent again later. `{"state": "again", "message": …}`, and whatever isn't one of the three, such as
  no answer, a page that asks to sign in, or that the database is busy.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import request
from flask_wtf.csrf import generate_csrf

from app.errors import Invalid, KontorError
from app.texts import read_json
from app.translation import lazy_gettext as _l
from app.web.core import routes
from app.web.edge.request import current_actor, current_session
from app.web.edge.routing import ANY

DONE, REFUSED, AGAIN = "done", "refused", "again"
_BROKEN = _l("What was sent is incomplete. Throw it away, and do it again.")


@routes.get("/acts/token", needs=ANY, help=None, is_unattended=True)
def act_token() -> Any:
    """Who is signed in, and the token that forms of theirs carry: what kept acts are sent with after signing in again."""
    return {"user": current_actor().user_id, "token": generate_csrf()}


def answer_act(work: Callable[[dict[str, Any], str], Mapping[str, Any]]) -> Any:
    """Do an act that a browser's queue has sent: `work` gets what it says and its operation id, and gives what is
    answered besides. Whatever `work` refuses is rolled back and answered as refused.

    An act that another user has begun in this browser waits for them to sign in.
    """
    if request.form.get("user") != str(current_actor().user_id):
        return _answer(AGAIN, 409, message=str(_l("Somebody else has done this here. It is sent once they sign in.")))
    act = request.form.get("act", "")
    try:
        said = read_json(request.form.get("content", ""))
        if not isinstance(said, dict) or not 8 <= len(act) <= 50 or not act.isascii() or not act.isprintable():
            raise ValueError(act)
    except ValueError:
        return _answer(REFUSED, 422, message=str(_BROKEN))
    try:
        return _answer(DONE, 200, **work(said, f"act:{act}"))
    except KontorError as error:
        current_session().rollback()
        return _answer(REFUSED, error.status, message=str(error.message))


def acted_ago() -> timedelta:
    """How long before it was sent an act was done, by the browser's own clock. Refused (Invalid): what isn't that."""
    age = request.form.get("age", "")
    if not age.isdecimal() or len(age) > 12:
        raise Invalid(_BROKEN)
    return timedelta(milliseconds=int(age))


def read_said(text: str) -> Any:
    """What JSON says that a page of ours has sent. Refused (Invalid): what isn't JSON."""
    try:
        return read_json(text)
    except ValueError as error:
        raise Invalid(_BROKEN) from error


def exact(value: Any) -> Decimal:
    """A number of an act, which is a text of digits with a point, so that it stays what it was. Refused (Invalid): others."""
    try:
        number = Decimal(value if isinstance(value, str) else "")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or len(number.as_tuple().digits) > 30 or abs(number.adjusted()) > 15:
        raise Invalid(_BROKEN)
    return number


def whole(value: Any) -> int:
    """A record's number in an act. Refused (Invalid): what is none."""
    if type(value) is not int or not 0 <= value < 1 << 63:
        raise Invalid(_BROKEN)
    return value


def listed(value: Any) -> list[dict[str, Any]]:
    """The parts of an act, each with names and values. Refused (Invalid): what isn't that."""
    if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
        raise Invalid(_BROKEN)
    return value


def _answer(state: str, status: int, **said: Any) -> Any:
    return {"state": state, **said}, status
