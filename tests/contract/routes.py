"""Asking a module's routes, whatever their rules."""

from collections.abc import Iterator
from typing import Any

from werkzeug.routing import Rule
from werkzeug.routing.converters import NumberConverter

from app.registry import Installed

READING = {"GET", "HEAD", "OPTIONS"}


def rules_of(app: Any, module: Installed) -> list[Rule]:
    """The module's routes, its static files left out."""
    own = [rule for rule in app.url_map.iter_rules() if rule.endpoint.partition(".")[0] == module.name]
    return [rule for rule in own if not rule.endpoint.endswith(".static")]


def acts_of(app: Any, module: Installed) -> Iterator[tuple[str, str, str]]:
    """(endpoint, method, path) of every route that writes."""
    for rule in rules_of(app, module):
        for method in sorted((rule.methods or set()) - READING):
            yield rule.endpoint, method, path_of(app, rule)


def path_of(app: Any, rule: Rule) -> str:
    """A path that the rule matches."""
    values = {name: _sample(converter) for name, converter in rule._converters.items()}
    with app.test_request_context():
        return str(
            app.url_map.bind("localhost").build(rule.endpoint, values, method=sorted(rule.methods or {"GET"})[0])
        )


def _sample(converter: Any) -> Any:
    """A value that the converter takes."""
    if items := getattr(converter, "items", None):
        return sorted(items)[0]
    return 1 if isinstance(converter, NumberConverter) else "x"


def ask(app: Any, token: str | None, path: str, method: str = "GET") -> Any:
    """The answer to one request, in the browser that holds `token`."""
    browser = app.test_client()
    if token is not None:
        with browser.session_transaction() as cookie:
            cookie["_user_id"] = token
    return browser.open(path, method=method)


def menu_of(app: Any, token: str) -> set[str]:
    """The endpoints in the menu of the holder of `token`, as this worker knows it."""
    company = app.company

    def work(session: Any) -> set[str]:
        signed_in = company.refresh(session, token)
        return {item.endpoint for item in company.menu(signed_in.actor)}

    from app.security import SYSTEM

    return set(company.database.run(work, actor=SYSTEM, write=False))
