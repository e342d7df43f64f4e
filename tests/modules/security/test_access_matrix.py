"""What each role is let do on every route, tried, is what the manifests declare. SQLite alone: pages are the same on both."""

from pathlib import Path
from typing import Any

import pytest

from app.access.matrix import Matrix, access_matrix
from app.access.routes import MISSING
from app.audit import AuditLine
from app.documents import Document
from app.web.edge.routing import ANY, DOOR, PUBLIC
from modules.contacts.models import Contact

#: What is open to whoever is signed in: what is their own, and doors behind which each thing has a right of its own.
OPEN_TO_ALL = {
    "core.account",
    "core.act_token",
    "core.acting_begin",
    "core.acting_end",
    "core.api_list",
    "core.api_lists",
    "core.deputy_end",
    "core.deputy_new",
    "core.document_open",
    "core.home",
    "core.home_dismissed",
    "core.job_cancel",
    "core.job_pdf",
    "core.job_state",
    "core.job_view",
    "core.kept_discard",
    "core.kept_new",
    "core.login_revoke",
    "core.logout",
    "core.lookup",
    "core.lookup_codes",
    "core.lookup_matrices",
    "core.lookup_matrix",
    "core.menu_favourite",
    "core.menu_group",
    "core.menu_recent",
    "core.notification_channels",
    "core.notification_list",
    "core.notification_open",
    "core.notification_panel",
    "core.notification_read",
    "core.notification_read_all",
    "core.organisation_work",
    "core.print_many_new",
    "core.rate_on",
    "core.record_made",
    "core.report_list",
    "core.report_view",
    "core.search",
    "core.second_factor_begin",
    "core.second_factor_codes",
    "core.second_factor_confirm",
    "core.second_factor_end",
    "core.second_factor_picture",
    "core.second_factor_view",
    "core.token_new",
}
#: By which clients come in.
DOORS_OF_CLIENTS = {
    "contacts.client_enter",
    "contacts.client_open",
    "contacts.client_sign_in",
    "trade.offer_open",
    "trade.parcel_follow",
}
#: What anybody may ask.
OPEN_TO_ANYBODY = {
    "core.first_restore",
    "core.health",
    "core.help_list",
    "core.help_search",
    "core.help_view",
    "core.login",
    "core.login_code",
    "static",
}


@pytest.fixture(scope="module")
def matrix(sample_file: Path) -> Matrix:
    return access_matrix(sample_file, ("salesperson", "storekeeper", "no role", "signed out"))


def cells(matrix: Matrix, role: str, method: str, rule: str) -> dict[str, str]:
    return {c.whose: c.answer for c in matrix.cells if (c.role, c.method, c.rule) == (role, method, rule)}


def test_every_route_answers_each_role_as_it_is_declared(matrix: Matrix) -> None:
    assert matrix.deviations == [], "\n".join(matrix.deviations)
    card = "/contacts/<int:contact_id>"
    everything = {"own": "open", "team": "open", "other": "open"}
    assert cells(matrix, "salesperson", "GET", card) == {**everything, "team": "hidden", "other": "hidden"}
    assert cells(matrix, "storekeeper", "GET", card) == everything
    assert set(cells(matrix, "no role", "GET", card).values()) == {"closed"}
    posted = cells(matrix, "salesperson", "POST", "/trade/sales/<int:document_id>/post")
    assert posted == {"own": "open", "team": "hidden", "other": "hidden"}
    rows = cells(matrix, "salesperson", "ROWS", "/api/v1/lists/trade.sale")
    assert rows == {"own": "open", "team": "hidden", "other": "hidden"}


def test_every_route_is_asked(matrix: Matrix, shell: Any) -> None:
    asked = {c.rule for c in matrix.cells}
    named = ("/help/<name>", "/static/<path:filename>", "/logout", "/account/logins/<int:login_id>/revoke")
    named += ("/api/v1/lists/<name>", "/lookup/<name>", "/reports/<name>", "/print/<name>")  # these by the name of each
    assert {rule.rule for rule in shell.url_map.iter_rules()} - asked <= set(named)
    assert sum(c.whose == MISSING for c in matrix.cells) < len(matrix.cells) / 3


def test_the_matrix_names_what_a_broken_policy_opens(sample_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Contact, "visible_to", classmethod(lambda cls, actor: None))
    found = access_matrix(sample_file, ("salesperson",), "/contacts/labels")
    assert found.deviations == []
    found = access_matrix(sample_file, ("salesperson",), "/api/v1/contacts")
    assert [line.partition(" is ")[0].rpartition(" ")[2] for line in found.deviations] == ["(team)", "(other)"]
    assert all("is open, declared hidden by contacts.statement.view" in line for line in found.deviations)


def test_nothing_that_is_tried_is_kept(sample_file: Path) -> None:
    from app.access.scene import scratch_copy

    with scratch_copy(sample_file) as scene:
        scene.act_as("administrator")

        def counts(session: Any) -> list[int]:
            return [session.query(model).count() for model in (AuditLine, Document, Contact)]

        before = scene.read(counts)
        draft = scene.read(lambda s: s.query(Document.id).filter_by(state="draft").limit(1).scalar())
        number = next(iter(scene.whose[Contact]))
        assert scene.ask("GET", f"/contacts/{number}").status_code == 200
        assert scene.ask("POST", "/admin/books/verify").status_code == 302
        assert draft is None or scene.ask("GET", f"/documents/{draft}").status_code == 302
        assert scene.read(counts) == before


def test_what_needs_no_right_is_listed_here(shell: Any) -> None:
    """A new route that anybody may ask is added on purpose."""
    assert {name for name, needs in shell.needs.items() if needs == PUBLIC} == OPEN_TO_ANYBODY
    assert {name for name, needs in shell.needs.items() if needs == ANY} == OPEN_TO_ALL
    assert {name for name, needs in shell.needs.items() if needs == DOOR} == DOORS_OF_CLIENTS
