"""Off means off, on works at once and in every worker, and off again keeps the data."""

from collections.abc import Callable
from typing import Any

from app import ledger
from app.company import Company
from app.registry import Installed
from app.registry.lifecycle import disable
from app.security import SYSTEM
from app.web.kit.reports import Report
from tests.contract.routes import ask, menu_of, path_of, rules_of

Worker, Token, Switch = Callable[[], Any], Callable[..., str], Callable[[], list[str]]


def _menu(module: Installed) -> set[str]:
    assert module.manifest is not None
    return {item.endpoint for item in module.manifest.menu}


def _assert_off(app: Any, module: Installed, token: str, whole: bool = False) -> None:
    """That nothing of it is there: of its routes those of its menu, or each of them."""
    for rule in (rule for rule in rules_of(app, module) if whole or rule.endpoint in _menu(module)):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            assert ask(app, token, path_of(app, rule), method).status_code == 404, (method, rule.rule)
    assert menu_of(app, token) & _menu(module) == set()
    for report in module.all_of("reports", Report):
        assert _answers(app, token, report) == {404}, report.name


def _answers(app: Any, token: str, report: Report) -> set[int]:
    """What a report's page, and its API, answer."""
    page = ask(app, token, f"/reports/{report.name}")
    return {page.status_code, ask(app, token, f"/api/v1/lists/{report.name}").status_code}


def _assert_on(app: Any, module: Installed, token: str) -> None:
    assert menu_of(app, token) >= _menu(module)
    for rule in rules_of(app, module):
        if rule.endpoint in _menu(module):
            answer = ask(app, token, path_of(app, rule))
            assert answer.status_code == 200, (rule.rule, answer.status_code)
    for report in module.all_of("reports", Report):
        assert _answers(app, token, report) == {302 if report.endpoint else 200, 200}, report.name


def test_each_endpoint_of_its_menu_exists(module: Installed, worker: Worker) -> None:
    assert _menu(module) - set(worker().view_functions) == set()


def test_off_means_not_found_and_no_menu(module: Installed, worker: Worker, token: Token) -> None:
    _assert_off(worker(), module, token(), whole=True)


def test_on_works_at_once_and_in_a_second_worker_and_off_again(
    module: Installed, bare: Company, worker: Worker, token: Token, switch: Switch
) -> None:
    first, second = worker(), worker()
    signed_in = token()
    for app in (first, second):
        _assert_off(app, module, signed_in)
    assert switch()[-1] == module.name
    for app in (first, second):
        _assert_on(app, module, signed_in)
    bare.database.run(lambda session: disable(session, SYSTEM, bare, module.name), actor=SYSTEM)
    for app in (first, second):
        _assert_off(app, module, signed_in)


def test_switching_on_again_is_harmless_and_keeps_rights_that_were_taken(
    module: Installed, bare: Company, switch: Switch
) -> None:
    from sqlalchemy import delete, func, select

    from app.security.models import Grant, Role

    assert module.manifest is not None
    switch()
    assert switch() == []
    prefix = f"{module.name}."

    def take_from_managers(session: Any) -> None:
        manager = session.scalars(select(Role.id).where(Role.name == "manager")).one()
        session.execute(delete(Grant).where(Grant.role_id == manager, Grant.name.startswith(prefix)))

    def count(session: Any) -> int:
        return int(session.scalar(select(func.count()).select_from(Grant).where(Grant.name.startswith(prefix))) or 0)

    bare.database.run(take_from_managers, actor=SYSTEM)
    before = bare.database.run(count, actor=SYSTEM, write=False)
    bare.database.run(lambda session: disable(session, SYSTEM, bare, module.name), actor=SYSTEM)
    assert switch() == [module.name]
    assert bare.database.run(count, actor=SYSTEM, write=False) == before


def test_switching_moves_no_figure(module: Installed, bare: Company, switch: Switch) -> None:
    before = bare.database.run(ledger.totals_of, actor=SYSTEM, write=False)
    switch()
    after = bare.database.run(ledger.totals_of, actor=SYSTEM, write=False)
    assert {name: after[name] for name in before} == before
    assert bare.database.run(lambda session: list(ledger.verify(session)), actor=SYSTEM, write=False) == []
