"""Every act of a module is refused to whoever lacks the right, before anything is looked at."""

from collections.abc import Callable
from typing import Any

import pytest

from app.registry import Installed
from app.web.edge.routing import ANY, DOOR, PARTNER
from tests.contract.routes import acts_of, ask, path_of, rules_of

pytestmark = pytest.mark.one_engine  # refused before anything is asked: no engine decides

Worker, Token, Switch = Callable[[], Any], Callable[..., str], Callable[[], list[str]]


def test_each_act_is_refused_without_its_permission(
    module: Installed, worker: Worker, token: Token, switch: Switch
) -> None:
    switch()
    app = worker()
    nobody = token(login="nobody")
    for endpoint, method, path in acts_of(app, module):
        if app.needs[endpoint] == PARTNER:  # no user is one
            assert ask(app, nobody, path, method).status_code == 404, (method, path)
        elif app.needs[endpoint] not in (ANY, DOOR):
            assert ask(app, nobody, path, method).status_code == 403, (method, path)


def test_each_page_is_refused_without_its_permission(
    module: Installed, worker: Worker, token: Token, switch: Switch
) -> None:
    switch()
    app = worker()
    nobody = token(login="nobody")
    for rule in rules_of(app, module):
        if "GET" in (rule.methods or ()) and app.needs[rule.endpoint] not in (ANY, DOOR, PARTNER):
            assert ask(app, nobody, path_of(app, rule)).status_code == 403, rule.rule


def test_a_stranger_is_sent_to_sign_in(module: Installed, worker: Worker, switch: Switch) -> None:
    switch()
    app = worker()
    for rule in rules_of(app, module):
        if app.needs[rule.endpoint] in (DOOR, PARTNER):
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = ask(app, None, path_of(app, rule), method)
            assert answer.status_code in (302, 401), (method, rule.rule)
