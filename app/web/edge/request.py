"""The edge of a request: one gate, one session, one commit, and the whole done again when others stood in the way."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from flask import Flask, abort, current_app, flash, g, redirect, request, url_for
from flask import Response as FlaskResponse
from flask import session as cookie
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from app.company import Company
from app.db import Tries
from app.errors import Conflict, Forbidden, KontorError, ModuleOff, ReadOnly
from app.notices import taken_notices
from app.preferences import Arrangement
from app.security.actor import Actor
from app.security.standing_in import VIEW
from app.translation import lazy_gettext as _l
from app.web.edge.addresses import LateRule
from app.web.edge.bodies import USUAL, KontorRequest, Takes, bytes_of, let_in
from app.web.edge.kept import discard_sent
from app.web.edge.resend import SignIn, is_kept, sign_in_page
from app.web.edge.routing import ANY, DOOR, PARTNER, PUBLIC, Routes
from app.web.edge.sign_in import find_visitor, is_api, is_fresh, manager, note_request
from app.web.kit.assets import send_asset

READING = ("GET", "HEAD", "OPTIONS")
#: what is open to those who must choose a password of their own first
CHANGING = ("core.account", "core.logout", "core.login_revoke")
#: and to those who must set up a second factor first
SETTING_UP = (*CHANGING, *(f"core.second_factor_{part}" for part in ("view", "begin", "picture", "confirm")))


#: what somebody may send who only sees what another one sees
ENDING_VIEW = ("core.acting_end", "core.logout")


class Kontor(Flask):
    """Flask, with every view inside a transaction of its own."""

    url_rule_class = LateRule
    request_class = KontorRequest
    company: Company
    #: endpoint → what it needs
    needs: dict[str, str]
    #: endpoint of a screen → its help page
    screens: dict[str, str]
    #: endpoints that write, if at all, in transactions of their own
    self_committing: frozenset[str]
    #: endpoints for which a browser has to be the one that signed in, and its user to have given the password lately
    fresh: frozenset[str]
    #: endpoints for which pages ask by themselves, whether or not somebody sits before them
    unattended: frozenset[str]
    #: endpoint → how large a body it takes, where that isn't the usual size
    takes: dict[str, Takes]

    def most_bytes(self, environ: dict[str, Any]) -> int:
        """How large a body of this request is read: what the route takes, if its sender passes the gate."""
        with self.request_context(environ):
            takes = self.takes.get(str(request.endpoint), USUAL)
            if takes == USUAL:
                return USUAL
            try:
                with self.company.database.session(None) as g.session:
                    return bytes_of(takes) if self._refusal(g.session) is None else USUAL
            except (KontorError, HTTPException, DBAPIError):
                return USUAL

    def most_of_all(self) -> int:
        """The largest body that any route takes now, of whoever may send the most."""
        with self.test_request_context(), self.company.database.session(None) as g.session:
            g.is_most_of_all = True
            return max(USUAL, *(bytes_of(takes) for takes in self.takes.values()))

    def dispatch_request(self) -> Any:
        """Open the session, pass the gate, run the view, commit; after a deadlock or a busy file, all of it again."""
        if request.endpoint == "static":
            return super().dispatch_request()
        if request.routing_exception is not None:
            self.find_actor()
            return super().dispatch_request()
        before, tries = dict(cookie), Tries()
        while True:
            try:
                answer = self._once()
            except DBAPIError as error:
                tries.wait_after(error)
                cookie.clear()
                cookie.update(before)
            else:
                if g.signed_in is not None and request.endpoint not in self.unattended:
                    note_request(self.company, g.signed_in)
                return answer

    def send_static_file(self, filename: str) -> FlaskResponse:
        """What the route `static` answers."""
        return send_asset(Path(str(self.static_folder)), filename)

    def find_actor(self) -> None:
        """Who asks for what no view will answer: they are answered with their menu beside it, if they can be found."""
        with suppress(DBAPIError), self.company.database.session(None) as session:
            signed_in = find_visitor(self.company, session)
            g.signed_in = signed_in
            g.actor = signed_in.actor if signed_in else None
            g.unread = signed_in.unread if signed_in else 0
            g.arrangement = signed_in.arrangement if signed_in else Arrangement()

    def _once(self) -> Any:
        """A page is made by the session that let it pass. An act passes once more with the right to write in hand: who
        is not let in never waits for it, nor keeps others waiting."""
        is_act = request.method not in READING and request.endpoint not in self.self_committing
        answer = self._within(write=False, is_view_due=not is_act)
        return self._within(write=True, is_view_due=True) if answer is None else answer

    def _within(self, *, write: bool, is_view_due: bool) -> Any:
        with self.company.database.session(None, write=write) as session:
            g.session = session
            answer = self._gate(session)
            if answer is None and is_view_due:
                answer = self.make_response(super().dispatch_request())
                if write:
                    _discard_kept(session, answer)
                    _say_notices(session, answer)
            session.commit()
        return answer

    def _gate(self, session: Session) -> Response | None:
        """What whoever isn't let in is answered. Nothing is read of a body before it is known who sends it."""
        refuse = self._refusal(session)
        if refuse is not None:
            return refuse()
        let_in(self.takes.get(str(request.endpoint), USUAL))
        is_of_books = self.needs[str(request.endpoint)] not in (ANY, PUBLIC, PARTNER, DOOR)
        if is_of_books and request.method not in READING:
            g.opened_in = request.form.get("opened_in")
            # a form that names its act says it itself (`operation_id`), above what was typed
            if "operation" not in request.form:
                refuse_other_books()
        if request.endpoint in self.fresh and not is_fresh(g.signed_in):
            return self._ask_for_password()
        return None

    def _refusal(self, session: Session) -> Callable[[], Response] | None:
        """Who asks, is the module on, is the route open to them: deny by default. Gives what answers whoever isn't let in,
        and may look into what they sent; the question itself doesn't, as it is also asked before anything is received."""
        if self.needs[str(request.endpoint)] in (PARTNER, DOOR):
            return self._refusal_of_partner(session)
        signed_in = g.signed_in = find_visitor(self.company, session)
        actor = signed_in.actor if signed_in else None
        g.actor = session.info["actor"] = actor
        g.login_id = signed_in.login_id if signed_in else None
        g.unread = signed_in.unread if signed_in else 0
        g.arrangement = signed_in.arrangement if signed_in else Arrangement()
        endpoint = str(request.endpoint)
        module, needs = endpoint.partition(".")[0], self.needs[endpoint]
        if module in self.company.installed and not self.company.is_on(module):
            raise ModuleOff(module)
        if needs == PUBLIC:
            return None
        if signed_in is None or actor is None:
            return self._ask_to_sign_in
        if signed_in.must_change_password and endpoint not in CHANGING:
            return self._ask_for_new_password
        if actor.lacks_second_factor and endpoint not in SETTING_UP:
            return self._ask_for_second_factor
        if not signed_in.may_write and request.method not in READING and endpoint not in ENDING_VIEW:
            raise ReadOnly(is_view=actor.acting == VIEW)
        if needs != ANY and not actor.may(needs):
            raise Forbidden(needs)
        return None

    def _refusal_of_partner(self, session: Session) -> Callable[[], Response] | None:
        """Partners are found by what they themselves hold. Whoever signs in as a user is nobody there, and the reverse."""
        self.company.refresh(session)
        g.signed_in, g.actor, g.login_id, g.unread, g.arrangement = None, None, None, 0, Arrangement()
        routes = cast(Routes, self.blueprints[str(request.blueprint)])
        self.company.require_on(routes.name)
        if self.needs[str(request.endpoint)] == DOOR:
            session.info["actor"] = None
            return None
        g.actor = session.info["actor"] = routes.find_partner(session)
        if g.actor is None or g.actor.partner is None:
            g.actor = session.info["actor"] = None
            return lambda: self.make_response(routes.no_partner())
        return None

    def _ask_to_sign_in(self) -> Response:
        if is_api():
            abort(401)
        if is_kept():
            return self.make_response(sign_in_page(SignIn(formdata=None), 401))
        return self.make_response(manager.unauthorized())

    def _ask_for_new_password(self) -> Response:
        """They know a password that somebody else has set: they choose one of their own, and then everything is open."""
        if is_api():
            abort(401)
        return self.make_response(redirect(url_for("core.account", _anchor="password-card")))

    def _ask_for_second_factor(self) -> Response:
        """A role of theirs needs one: they set it up, and then everything is open."""
        if is_api():
            abort(401)
        return self.make_response(redirect(url_for("core.second_factor_view")))

    def _ask_for_password(self) -> Response:
        """They are signed in, and give their password once more, as on the sign-in page."""
        return self.make_response(sign_in_page(SignIn(formdata=None), 401) if is_kept() else manager.needs_refresh())


def _discard_kept(session: Session, answer: Response) -> None:
    """A form that leads on was taken: what was kept of it goes in the same commit. A refused one is shown again."""
    is_form = request.url_rule is not None and "GET" in (request.url_rule.methods or ())
    if is_form and 300 <= answer.status_code < 400 and g.actor is not None and g.actor.user_id is not None:
        discard_sent(session, g.actor.user_id, form_address(), request.form.get("operation", ""))


def _say_notices(session: Session, answer: Response) -> None:
    """What an operation has to say beside its result stands above the page that its form leads to."""
    if 300 <= answer.status_code < 400:
        for notice in taken_notices(session):
            flash(str(notice), "warning")


def form_address() -> str:
    """The address under which this page's form is kept: path and query, without the wish to see what was kept."""
    query = "&".join(
        part for part in request.query_string.decode("ascii", "replace").split("&") if not part.startswith("kept=")
    )
    return f"{request.path}?{query}" if query else request.path


def current_session() -> Session:
    """The request's session."""
    return cast(Session, g.session)


def current_actor() -> Actor:
    """Who asks. Only behind the gate."""
    return cast(Actor, g.actor)


def current_company() -> Company:
    """The company this server serves."""
    return cast(Kontor, current_app).company


def is_open(endpoint: str) -> bool:
    """Whether whoever asks may open the endpoint: its module is on, and the right is theirs."""
    company, module = current_company(), endpoint.partition(".")[0]
    needs = cast(Kontor, current_app).needs[endpoint]
    if module in company.installed and not company.is_on(module):
        return False
    return needs == PUBLIC or (g.actor is not None and (needs == ANY or g.actor.may(needs)))


def operation_id() -> str | None:
    """Names the act that a form is, by the number hidden in it: the same form sent twice makes one document. Refused as in
    `refuse_other_books`."""
    refuse_other_books()
    operation = request.form.get("operation", "")[:60]
    return f"form:{current_actor().user_id}:{operation}" if operation else None


def refuse_other_books() -> None:
    """Refuse (Conflict) a form that was opened in another organisation's books than whoever sends it works in by now."""
    organisations, own = current_company().organisations, current_actor().organisation
    opened_in = request.form.get("opened_in", str(own))
    if own and opened_in != str(own):
        named = {str(number): name for number, name in organisations.items()}
        raise Conflict(
            _l(
                "This was opened in the books of %(name)s, and you work in those of %(own)s now. Choose %(name)s above in"
                " another tab and send this again.",
                name=named.get(opened_in, opened_in[:20]),
                own=organisations[own],
            )
        )
