"""Every page as each role sees it: links are followed, lists asked in every way they offer, forms sent as they are shown."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from tests.faults.houses import House
from tests.modules.web.browser_forms import Form, Page

#: Links and forms that end the session in which one works.
ENDING = re.compile(r"/logout|/account/logins/\d+/revoke|/static/|/healthz")
#: Forms that change what everybody has; they are sent last.
LAST = ("/admin/edition", "/admin/modules/", "/admin/roles/", "/admin/users/")
#: arguments whose values make another page, and not just another row
TELLING = ("as", "copy", "of")
#: how many ways of asking one page are tried, times `most`
WAYS = 9
#: what is looked for in lists
WORD = "a"


@dataclass
class Crawled:
    """What was asked, and what was wrong with it."""

    requests: int = 0
    pages: int = 0
    links: int = 0
    forms: int = 0
    lists: int = 0
    files: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: "Crawled") -> None:
        """Count another crawl to this one."""
        for name in ("requests", "pages", "links", "forms", "lists", "files"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.statuses += other.statuses
        self.wrong += other.wrong


class Crawl:
    """One user's crawl.

    `most`: how many addresses of one shape are followed, without their numbers; of more than one, lists in each order too.
    """

    def __init__(self, house: House, login: str, most: int) -> None:
        self.client, self.login, self.most, self.done = house.browser(login), login, most, Crawled()
        self._seen: set[str] = set()
        self._shapes: Counter[str] = Counter()
        self._ways: Counter[str] = Counter()
        #: shape → address of its page, and the form
        self._forms: dict[str, tuple[str, Form]] = {}

    def run(self, acts: bool = True) -> Crawled:
        """Look at everything, then send every form once as it was shown and once with nothing filled in."""
        self._follow_all("/", *self._lists())
        if acts:
            for address, form in sorted(self._forms.values(), key=lambda found: found[1].action.startswith(LAST)):
                self._send(address, form)
        return self.done

    def _lists(self) -> Iterator[str]:
        """Every list through the API; with each order and filter that its own refusals name, where much is asked."""
        for name in (each["name"] for each in self._ask("/api/v1/lists").json["lists"]):
            self.done.lists += 1
            address = f"/api/v1/lists/{name}"
            yield f"{address}?limit=2"
            orders, taken = (_named(self._ask(f"{address}?{way}", ok=(422,))) for way in ("order=?", "nothing=1"))
            if self.most > 1:
                for order in orders:
                    yield from (f"{address}?limit=2&order={order}", f"{address}?limit=2&order=-{order}")
            for argument in taken:
                self._ask(f"{address}?{argument}=-", ok=(200, 422))

    def _follow_all(self, *starts: str) -> None:
        waiting = list(starts)
        self._seen.update(waiting)
        while waiting:
            address = waiting.pop()
            for found in self._look(address):
                if found not in self._seen and not ENDING.search(found) and self._is_wanted(found):
                    self._seen.add(found)
                    waiting.append(found)

    def _is_wanted(self, address: str) -> bool:
        parts = urlsplit(address)
        asked = dict(parse_qsl(parts.query, keep_blank_values=True))
        telling = (*TELLING, "order") if self.most > 1 and "as" not in asked else TELLING
        if self.most == 1 and "as" in asked:  # a list's file has its rows, however it was narrowed
            asked = {"as": asked["as"]}
        named = sorted((name, value if name in telling else "") for name, value in asked.items())
        path = re.sub(r"\d+", "N", parts.path)
        shape = f"{path}?{re.sub(r'[0-9]+', 'N', urlencode(named))}"
        self._shapes[shape] += 1
        self._ways[path] += self._shapes[shape] == 1
        return self._shapes[shape] <= self.most and self._ways[path] <= self.most * WAYS

    def _look(self, address: str) -> Iterator[str]:
        """What the page leads to: its links, and its lists with each choice of each filter."""
        answer = self._ask(address)
        if answer.status_code == 302:
            yield urljoin(address, answer.location)
            return
        if answer.mimetype != "text/html":
            self.done.files += 1
            return
        page = self._read(address, answer)
        for link in page.links:
            if urlsplit(link).netloc or link.startswith(("#", "mailto:", "tel:", "javascript:")):
                continue
            self.done.links += 1
            yield urljoin(address, link).partition("#")[0]
        for form in page.forms:
            if form.method == "get":
                yield from _asked_by(address, form)
            elif form.method == "post" and not ENDING.search(form.action):
                form.action = urljoin(address, form.action) or address
                shape = re.sub(r"\d+", "N", form.action.partition("?")[0]) + str(sorted(form.fields))
                self._forms.setdefault(shape, (address, form))

    def _read(self, address: str, answer: Any) -> Page:
        self.done.pages += 1
        page = Page(answer.text)
        if page.is_whole and not page.title.partition(" · ")[0].strip():
            self._wrong("GET", address, "has no title")
        for error in page.errors:
            self._wrong("GET", address, f"isn't well-formed: {error}")
        return page

    def _send(self, address: str, form: Form) -> None:
        """Send it as it stands on its page, which is asked for again so that its tokens hold, and again with what is hidden
        alone; by each of its buttons."""
        for is_whole in (True, False):
            for button in form.buttons or [None]:
                page = Page(self._ask(address, ok=(200, 404, 409)).text)  # what was sent before may have ended it
                shown = next((each for each in page.forms if _is_same(address, each, form)), None)
                if shown is None:
                    return
                self.done.forms += 1
                data: Any = dict(shown.fields if is_whole else shown.hidden)
                if button is not None:
                    data[button[0]] = [button[1]]
                answer = self._ask(form.action, method="POST", data=data, ok=(200, 204, 302, 303, 400, 404, 409, 422))
                if answer.status_code in (302, 303):
                    self._read_next(form.action, answer.headers["Location"])
                elif answer.mimetype == "text/html":
                    self._read(form.action, answer)

    def _read_next(self, address: str, location: str) -> None:
        """Where a form leads is a page, whatever it was."""
        following = self._ask(urljoin(address, location), ok=(200, 302))
        if following.status_code == 200 and following.mimetype == "text/html":
            self._read(location, following)

    def _ask(self, address: str, method: str = "GET", ok: tuple[int, ...] = (200, 302), data: Any = None) -> Any:
        answer = self.client.open(address, method=method, data=data)
        self.done.requests += 1
        self.done.statuses[answer.status_code] += 1
        if answer.status_code not in ok:
            self._wrong(method, address, f"answers {answer.status_code}")
        return answer

    def _wrong(self, method: str, address: str, what: str) -> None:
        self.done.wrong.append(f"{self.login}: {method} {address} {what}")


def _named(answer: Any) -> list[str]:
    """What a list's refusal names as what it takes."""
    found = re.search(r": ([\w.:, ]+)\.$", answer.json.get("error", ""))
    return found[1].split(", ") if found else []


def _is_same(address: str, one: Form, other: Form) -> bool:
    return urljoin(address, one.action) == other.action and one.fields.keys() == other.fields.keys()


def _asked_by(address: str, form: Form) -> Iterator[str]:
    """The form as it is shown, with each choice of each select, and with a word in it."""
    action = (urljoin(address, form.action) or address).partition("?")[0]  # a browser drops what was asked before
    shown = [(name, value) for name, values in form.fields.items() for value in values]
    yield f"{action}?{urlencode(shown)}"
    for name, values in form.choices.items():
        yield from (
            f"{action}?{urlencode([*((n, v) for n, v in shown if n != name), (name, value)])}" for value in values
        )
    if "q" in form.fields:
        yield f"{action}?{urlencode({**dict(shown), 'q': WORD})}"


def crawl(house: House, logins: tuple[str, ...], most: int, *, acts: bool = True) -> Crawled:
    """The crawls of some users, one after another."""
    done = Crawled()
    for login in logins:
        done.add(Crawl(house, login, most).run(acts))
    return done
