"""Hostile requests on every route by every method, as several people: each is answered in words, and what is refused changes
nothing. Which request is the how-manieth follows from the seed, so one that failed can be sent again."""

import io
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import event, func, select
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from app.documents import Document
from app.reference import Organisation
from app.security import SYSTEM, Role, User
from app.security.operations import add_role, add_user
from modules.contacts.models import Contact
from modules.contacts.operations import create_contact
from tests.faults import hostile, spoiling
from tests.faults.houses import NOBODY, House
from tests.modules.web.browser_forms import Page

#: Who sends them; None isn't signed in.
LOGINS = (*("admin",) * 8, "maria", "anna", "sam", "steve", NOBODY, None)
#: Methods that a route has, and how often it is asked by them for each time that it is asked by another
OFTEN = {"GET": 1, "POST": 4}
METHODS = ("HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "BREW")
#: Whom no salesperson may read of.
HIDDEN = "Zyxomat Verborgen"
#: What may be written although the request is refused, or only looks: when somebody was there, and the audit of it.
NOTED = {"core_login", "core_audit", "core_audit_head"}
#: What a form that is shown empty needs, so that it isn't refused before what is spoilt in it is seen.
FILLED = {
    "name": "N",
    "title": "T",
    "amount": "5",
    "contact_id": "1",
    "number": "1.5",
    "item_id": "2",
    "quantity": "1",
    "login": "l",
}
FILLED |= {"password": "correct horse", "bom_id": "1"}
#: After these everything is on again, and open.
SWITCHING = {"core.module_disable", "core.edition_set", "core.period_close"}
_TOKEN = re.compile(rb"&?csrf_token=[^&]*")
_WRITES = re.compile(r"\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+\"?(\w+)", re.IGNORECASE)


@dataclass
class Fuzzed:
    """What was sent, and what was wrong with the answers."""

    requests: int = 0
    refused: int = 0
    routes: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


@dataclass
class Hostile:
    """One request."""

    number: int
    login: str | None
    endpoint: str
    method: str
    path: str
    query: str
    headers: Headers
    body: bytes

    def __str__(self) -> str:
        asked = f"{self.path}?{self.query}"
        headers = {name: value[:100] for name, value in self.headers.items() if name != "Cookie"}
        said = f"{self.login or 'nobody'} {self.method} {asked[:400]} {headers} {_TOKEN.sub(b'', self.body)[:3000]!r}"
        return f"number {self.number}: {said}"


class Commits:
    """The tables that were written to and committed, on whatever connection."""

    def __init__(self, engine: Any) -> None:
        self.tables: set[str] = set()
        event.listen(engine, "after_cursor_execute", self._executed)
        event.listen(engine, "commit", lambda connection: self.tables.update(connection.info.pop("written", ())))
        event.listen(engine, "rollback", lambda connection: connection.info.pop("written", None))

    def _executed(self, connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if found := _WRITES.match(statement):
            connection.info.setdefault("written", set()).add(found[1])


class Fuzz:
    """The requests of one seed."""

    def __init__(self, house: House, seed: int) -> None:
        self.house, self.seed, self.done = house, seed, Fuzzed()
        self._ids = house.company.database.run(_prepare, actor=SYSTEM)
        self._rules = [
            (rule, method)
            for rule in sorted(house.app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))
            for method in [
                "other",
                *(way for way, often in OFTEN.items() if way in (rule.methods or ()) for _ in range(often)),
            ]
        ]
        random.Random(seed).shuffle(self._rules)
        self._cookies: dict[str, tuple[str, str]] = {}
        self._forms: dict[str, dict[str, list[str]]] = {}
        self._commits = Commits(house.company.database.engine)

    def run(self, numbers: Iterable[int]) -> Fuzzed:
        """Send the requests of these numbers, in their order."""
        seen = set()
        for number in numbers:
            request = self._make(number)
            seen.add((request.endpoint, request.method))
            self._send(request)
        self.done.routes = len(seen)
        return self.done

    def _make(self, number: int) -> Hostile:
        chance = random.Random(f"{self.seed} {number}")
        rule, method = self._rules[number % len(self._rules)]
        method = chance.choice(METHODS) if method == "other" else method
        login = chance.choice(LOGINS)
        path = self._path(chance, rule)
        headers = Headers(chance.choice(hostile.HEADERS) if chance.random() < 0.25 else {})
        body, query = (
            b"",
            spoiling.encoded(spoiling.arguments(chance)) if chance.random() < 0.6 or method == "GET" else "",
        )
        if method not in ("GET", "HEAD", "OPTIONS"):
            body = self._body(chance, rule, path, login, headers)
        if login and "Cookie" not in headers:
            headers["Cookie"] = self._signed_in(login)[0]
        return Hostile(number, login, rule.endpoint, method, path, query, headers, body)

    def _path(self, chance: random.Random, rule: Any) -> str:
        """The rule's address with rows that there are, or with nonsense."""
        kind = rule.endpoint.rpartition("_")[0]
        path = rule.rule
        for name in rule.arguments:
            known = self._ids.get(f"{name}:{kind}") or self._ids.get(name) or ["1"]
            junk = hostile.NUMBERS if f"<int:{name}>" in path else hostile.WORDS
            value = chance.choice(junk) if chance.random() < 0.1 else str(chance.choice(known))
            path = re.sub(rf"<(\w+:)?{name}>", lambda _found, value=value: value, path)  # type: ignore[misc]
        return str(path)

    def _body(self, chance: random.Random, rule: Any, path: str, login: str | None, headers: Headers) -> bytes:
        """A form as it is shown with one to three of its fields spoilt; or nothing like a form."""
        if chance.random() < 0.12:
            headers["Content-Type"] = chance.choice(hostile.TYPES)
            return chance.choice(hostile.BODIES)
        fields: spoiling.Fields = [(n, v) for n, values in self._form(rule, path).items() for v in values]
        fields = spoiling.spoilt(chance, fields)
        if login and chance.random() < 0.93:
            fields.append(("csrf_token", self._signed_in(login)[1]))
        if (rule.endpoint in self.house.app.takes and chance.random() < 0.7) or chance.random() < 0.05:
            return spoiling.multipart(chance, fields, headers)
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        return spoiling.encoded(fields).encode("latin-1")

    def _form(self, rule: Any, path: str) -> dict[str, list[str]]:
        """The fields of the form as the administrator is shown it, and which of its buttons is pressed."""
        if "GET" not in rule.methods:
            return {}
        if path not in self._forms:
            copied = (
                self._ids.get(f"document_id:{rule.endpoint.removesuffix('_new')}") if path.endswith("/new") else None
            )
            query, cookies = f"copy={copied[0]}" if copied else "", Headers({"Cookie": self._signed_in("admin")[0]})
            answer = self._answer(Hostile(0, "admin", rule.endpoint, "GET", path, query, cookies, b""))
            forms = [form for form in Page(answer[1].decode("utf-8", "replace")).forms if form.method == "post"]
            fields = dict(max((form.fields for form in forms), key=len, default={}))
            fields.pop("csrf_token", None)
            fields |= {name: [FILLED[name]] for name, values in fields.items() if values == [""] and name in FILLED}
            if any("lines" in form.fields for form in forms):
                fields["then"] = ["post"]
            self._forms[path] = fields
        return self._forms[path]

    def _signed_in(self, login: str) -> tuple[str, str]:
        """Their cookies and the token of their forms."""
        if login not in self._cookies:
            client = self.house.browser(login)
            page = Page(client.get("/account").text)
            token = next(form.fields["csrf_token"][0] for form in page.forms if "csrf_token" in form.fields)
            cookies = "; ".join(f"{c.key}={c.value}" for c in client._cookies.values())
            self._cookies[login] = cookies, token
        return self._cookies[login]

    def _send(self, request: Hostile) -> None:
        self._commits.tables.clear()
        status, body, headers = self._answer(request)
        written = self._commits.tables - NOTED
        self.done.requests += 1
        self.done.statuses[status] += 1
        is_ours = "html" in headers.get("Content-Type", "") and not 300 <= status < 400
        shown = body.decode("utf-8", "replace") if is_ours else ""
        is_refused = (
            status >= 400 or request.method in ("GET", "HEAD", "OPTIONS") or (status == 200 and "<form" in shown)
        )
        self.done.refused += status >= 400
        for what in (
            *_wrong(status, body, shown, headers, request),
            *([f"changed {written}"] if is_refused and written else []),
        ):
            self.done.wrong.append(f"seed {self.seed} {request} → {status}: {what}")
        if self._is_read(request.login, body):
            self.done.wrong.append(f"seed {self.seed} {request} → {status}: shows what is hidden from them")
        self._set_right(request, headers)

    def _answer(self, request: Hostile) -> tuple[int, bytes, Headers]:
        builder = EnvironBuilder(
            method=request.method, input_stream=io.BytesIO(request.body), content_length=len(request.body)
        )
        environ = builder.get_environ()
        builder.close()
        path = re.sub(r"%([0-9A-Fa-f]{2})", lambda found: chr(int(found[1], 16)), request.path)
        environ |= {"PATH_INFO": path.encode("latin-1", "replace").decode("latin-1"), "QUERY_STRING": request.query}
        for name, value in request.headers.items():
            key = name.upper().replace("-", "_")
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
        pieces, status, headers = run_wsgi_app(self.house.app, environ, buffered=True)
        return int(status.split()[0]), b"".join(pieces), headers

    def _is_read(self, login: str | None, body: bytes) -> bool:
        """Whether somebody reads of the hidden contact to whom it isn't open."""
        if login not in (None, "sam", NOBODY) or HIDDEN.encode() not in body:
            return False
        owner = select(User.login).join(Contact, Contact.responsible_id == User.id).where(Contact.name == HIDDEN)
        return self.house.company.database.run(lambda s: s.scalar(owner), actor=SYSTEM, write=False) == "maria"

    def _set_right(self, request: Hostile, headers: Headers) -> None:
        """Who was signed out signs in again, and what was switched off for everybody is on again."""
        if request.endpoint in ("core.logout", "core.login_revoke") or "/login" in headers.get("Location", ""):
            self._cookies.pop(str(request.login), None)
        if request.endpoint in SWITCHING and request.method == "POST":
            self.house.switch("enterprise")
            self.house.company.database.run(_reopen, actor=SYSTEM)


def _prepare(session: Any) -> dict[str, list[int]]:
    """The rows that addresses name, by the argument's name (and the noun); those of whom nobody is signed in, of users."""
    maria = session.scalars(select(User.id).where(User.login == "maria")).one()
    hidden = session.scalar(select(Contact.id).where(Contact.name == HIDDEN))
    if hidden is None:
        create_contact(session, SYSTEM, kind="legal_entity", name=HIDDEN, country="GB", responsible_id=maria)
        add_role(session, SYSTEM, name="victims")
        add_user(session, SYSTEM, login="victor", name="Victor Vole", password="victor-sample", roles=["victims"])
        session.flush()
    ids: dict[str, list[int]] = {
        "contact_id": list(session.scalars(select(Contact.id))),
        "user_id": list(session.scalars(select(User.id).where(User.login == "victor"))),
        "role_id": list(session.scalars(select(Role.id).where(Role.name == "victims"))),
    }
    for kind, number in session.execute(select(Document.kind, Document.id)):
        ids.setdefault(f"document_id:{kind}", []).append(number)
    ids["document_id"] = list(session.scalars(select(func.max(Document.id))))
    for name in (
        "item_id",
        "bom_id",
        "unit_id",
        "rate_id",
        "job_id",
        "field_id",
        "notification_id",
        "backup_id",
        "login_id",
    ):
        ids[name] = [1, 2, 3]
    words: dict[str, Any] = {
        "name": ["trade.sale", "goods", "contacts", "warehouse.stock", "production", "core.home", "contacts.balance"],
        "kind": ["legal_entity", "individual"],
        "currency": ["USD"],
        "filename": ["kontor.css"],
    }
    return ids | words


def _reopen(session: Any) -> None:
    for organisation in session.scalars(select(Organisation)):
        organisation.closed_until = None


def _wrong(status: int, body: bytes, shown: str, headers: Headers, request: Hostile) -> Iterator[str]:
    """What no answer may be, whatever was asked."""
    if status >= 500:
        yield "fails"
    if hostile.SCRIPT in shown:
        yield "shows markup as it was sent"
    if b"$argon2" in body or b"root:x:" in body:
        yield "shows a secret"
    if "X-Injected" in headers:
        yield "has a header that the request made"
    if urlsplit(headers.get("Location", "")).netloc:
        yield f"leads away to {headers['Location']}"
    if shown and request.method != "HEAD":
        yield from Page(shown).errors[:1]


def fuzz(house: House, seed: int, numbers: Iterable[int]) -> Fuzzed:
    """Send them to the company, with everything switched on; then prove its books and its audit chain."""
    house.switch("enterprise")
    done = Fuzz(house, seed).run(numbers)
    done.wrong += [f"seed {seed}: {doubt}" for doubt in house.doubts()]
    return done
