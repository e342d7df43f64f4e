"""Standards and certificates: of an item or a group, one of a number, counted when they expire."""

import io
import re
import threading
import time
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from app.audit import AuditLine
from app.clock import wall_clock
from app.errors import Changed, Conflict, Forbidden, Invalid, NotFound
from app.files import FileEntry
from app.notifications.models import Notification
from app.security import SYSTEM, User
from modules.warehouse.certificates.models import CERTIFICATE, STANDARD, Certificate
from modules.warehouse.certificates.operations import (
    add_certificate,
    certificate_by_id,
    change_certificate,
    remove_certificate,
)
from modules.warehouse.certificates.reminding import lead_of, remind_of_certificates
from modules.warehouse.certificates.tables import expires
from modules.warehouse.groups import group_by_id, remove_group
from modules.warehouse.operations import create_group, create_item
from tests.at_once import at_once

BOLT, NUT = 1, 2
TODAY = wall_clock().date()


@pytest.fixture
def shop(proved: Any) -> Any:
    """Bolts lie in Fixings in Hardware (groups 2 and 1), nuts in Hardware."""

    def prepare(session: Any) -> None:
        hardware = create_group(session, SYSTEM, name="Hardware").id
        fixings = create_group(session, SYSTEM, name="Fixings", parent_id=hardware).id
        create_item(session, SYSTEM, code="BOLT", name="Bolt", group_id=fixings)
        create_item(session, SYSTEM, code="NUT", name="Nut", group_id=hardware)

    proved(prepare)
    return proved


def add(session: Any, number: str, actor: Any = SYSTEM, **said: Any) -> int:
    return add_certificate(session, actor, number=number, **said).id


def numbers(session: Any, *criteria: Any) -> list[str]:
    return list(session.scalars(select(Certificate.number).where(*criteria).order_by(Certificate.id)))


def test_what_cannot_be_right_is_refused(shop: Any, refused: Any, employ: Any) -> None:
    shop(lambda s: add(s, "GOST 7798-70", kind=STANDARD, item_id=BOLT))
    for said, field in (
        ({}, "item_id"),
        ({"item_id": BOLT, "group_id": 1}, "item_id"),
        ({"item_id": BOLT, "number": " "}, "number"),
        ({"item_id": BOLT, "kind": "medal"}, "kind"),
        ({"item_id": BOLT, "valid_from": date(2026, 2, 2), "valid_until": date(2026, 2, 1)}, "valid_until"),
        ({"item_id": BOLT, "number": "x" * 101}, "number"),
    ):
        refused(lambda s, x=said: add(s, **{"number": "C-1", **x}), Invalid, field=field)
    refused(lambda s: add(s, "GOST 7798-70", kind=STANDARD, item_id=BOLT), Conflict, field="number")
    refused(lambda s: add(s, "C-1", item_id=99), NotFound)
    refused(lambda s: add(s, "C-1", group_id=99), NotFound)
    sofia = employ("sofia", "salesperson")
    refused(lambda s: add(s, "C-1", sofia, item_id=BOLT), Forbidden)
    shop(lambda s: add(s, "GOST 7798-70", kind=STANDARD, item_id=NUT))
    shop(lambda s: change_certificate(s, SYSTEM, certificate_by_id(s, 1), name="Bolts", version=1))
    refused(lambda s: change_certificate(s, SYSTEM, certificate_by_id(s, 1), name="", version=1), Changed)
    refused(lambda s: remove_certificate(s, SYSTEM, certificate_by_id(s, 1), version=1), Changed)
    shop(lambda s: remove_certificate(s, SYSTEM, certificate_by_id(s, 1), version=2))
    assert shop(numbers) == ["GOST 7798-70"]


@pytest.mark.parametrize("of", [{"item_id": BOLT}, {"group_id": 1}], ids=["item", "group"])
def test_of_two_who_add_the_same_at_once_one_is_refused(shop: Any, company: Any, of: dict[str, int]) -> None:
    begun = threading.Barrier(2)

    def work(session: Any) -> None:
        begun.wait(10)
        add(session, "C-1", **of)
        time.sleep(0.1)  # the other one looks meanwhile

    add_it = partial(company.database.run, work, actor=SYSTEM)
    answers = at_once(add_it, add_it)
    assert sorted(type(answer) for answer in answers if answer is not None) == [Conflict]
    assert shop(numbers) == ["C-1"]


def test_one_that_another_replaces_does_not_expire(shop: Any) -> None:
    def say(session: Any) -> None:
        for number, days, of in (
            ("old", -400, {"item_id": BOLT}),
            ("soon", 30, {"item_id": BOLT}),
            ("later", 31, {"item_id": NUT}),
            ("gone", -1, {"group_id": 1}),
            ("last day", 0, {"group_id": 2}),
        ):
            add(session, number, kind=CERTIFICATE, valid_until=TODAY + timedelta(days=days), **of)
        add(session, "endless", kind=STANDARD, item_id=NUT)

    shop(say)
    assert shop(lambda s: numbers(s, expires("expired"))) == ["gone"]
    assert shop(lambda s: numbers(s, expires("30"))) == ["soon", "last day"]


def test_a_card_shows_those_of_its_groups_and_a_group_with_some_stays(shop: Any, refused: Any, app: Any) -> None:
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    form = {"item_id": "", "group_id": 1, "kind": CERTIFICATE, "number": "RU C-77", "valid_until": "2020-01-31"}
    assert client.post("/warehouse/certificates/new", data=form).status_code == 302
    shop(lambda s: add(s, "Bolts alone", group_id=2))
    bolts, nuts = (client.get(f"/warehouse/items/{i}/certificates").text for i in (BOLT, NUT))
    assert "RU C-77" in bolts
    assert "Bolts alone" in bolts
    assert "RU C-77" in nuts
    assert "Bolts alone" not in nuts
    assert "RU C-77" in client.get("/warehouse/certificates?expires=expired").text
    assert "/warehouse/certificates?expires=expired" in client.get("/").text
    refused(lambda s: remove_group(s, SYSTEM, group_by_id(s, 1), with_inner=True), Conflict)
    refused(lambda s: remove_group(s, SYSTEM, group_by_id(s, 2)), Conflict)
    client.post(
        "/warehouse/certificates/1/edit", data={"version": 1, "kind": CERTIFICATE, "number": "x", "then": "remove"}
    )
    assert shop(numbers) == ["Bolts alone"]


def test_whoever_changes_items_is_reminded_once_for_each_lead(shop: Any, employ: Any) -> None:
    steve, sofia = employ("steve", "storekeeper").user_id, employ("sofia", "salesperson").user_id

    def say(session: Any) -> None:
        for number, days, of in (
            ("old", -1, {"item_id": BOLT}),
            ("soon", 30, {"item_id": BOLT}),
            ("later", 31, {"group_id": 1}),
            ("sooner", 7, {"group_id": 2}),
        ):
            add(session, number, valid_until=TODAY + timedelta(days=days), **of)

    def heard(session: Any, user_id: int | None = steve) -> list[Any]:
        query = select(Notification.parameters).where(Notification.user_id == user_id).order_by(Notification.id)
        return [said["number"] for said in session.scalars(query)]

    shop(say)
    assert shop(remind_of_certificates) == 2
    assert shop(remind_of_certificates) == 2
    assert shop(heard) == ["sooner", "soon"]
    assert shop(lambda s: heard(s, sofia)) == []
    shop(lambda s: change_certificate(s, SYSTEM, certificate_by_id(s, 2), valid_until=TODAY + timedelta(days=6)))
    shop(remind_of_certificates)
    assert shop(heard) == ["sooner", "soon", "soon"]


@pytest.mark.parametrize(("left", "lead"), [(30, 30), (8, 30), (7, 7), (1, 7), (0, 0)])
def test_the_shortest_lead_that_has_begun_counts(left: int, lead: int) -> None:
    assert lead_of(timedelta(days=left)) == lead


def test_a_scan_is_put_to_a_certificate_goes_out_as_a_file_and_goes_with_it(shop: Any, app: Any, employ: Any) -> None:
    shop(lambda s: (add(s, "C-1", group_id=1), add(s, "C-2", item_id=BOLT)))
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    sent = {"file": (io.BytesIO(b"<script>alert(1)</script>"), "scan.html")}
    answer = client.post("/files/warehouse.certificate/1/upload", data=sent, content_type="multipart/form-data")
    assert answer.location == "/warehouse/certificates/1/files"
    assert "scan.html" in client.get(answer.location).text
    assert "scan.html" not in client.get("/warehouse/certificates/2/files").text
    got = client.get("/files/warehouse.certificate/1/1/file")
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert client.get("/files/warehouse.certificate/2/1/file").status_code == 404
    assert "Hardware" in client.get("/warehouse/certificates/1").text
    shop(lambda s: remove_certificate(s, SYSTEM, certificate_by_id(s, 1)))
    assert client.get("/files/warehouse.certificate/1/1/file").status_code == 404
    assert shop(lambda s: s.scalars(select(FileEntry.id)).all()) == []
    # Its number may become another's: nothing of it is found there.
    shop(lambda s: remove_certificate(s, SYSTEM, certificate_by_id(s, 2)))
    other = shop(lambda s: add(s, "C-3", item_id=NUT))
    assert "scan.html" not in client.get(f"/warehouse/certificates/{other}/files").text


def test_whoever_changes_certificates_keeps_their_scans_and_sees_no_other_files(
    shop: Any, app: Any, employ: Any
) -> None:
    shop(lambda s: add(s, "C-1", group_id=1))
    assert not employ("steve", "storekeeper").may("warehouse.file.view")
    sofia = employ("sofia", "salesperson")
    assert not sofia.may("warehouse.item.edit")
    steve, other = app.test_client(), app.test_client()
    for client, login in ((steve, "steve"), (other, "sofia")):
        client.post("/login", data={"login": login, "password": f"{login}-sample"})

    def send(client: Any, name: str = "scan.pdf") -> Any:
        sent = {"file": (io.BytesIO(b"%PDF"), name)} if name else {}
        return client.post("/warehouse/certificates/1/scans", data=sent, content_type="multipart/form-data")

    assert send(other).status_code == 403
    assert shop(lambda s: s.scalars(select(FileEntry.id)).all()) == []
    answer = send(steve)
    assert answer.location == "/warehouse/certificates/1"
    assert re.search(
        r"scan\.pdf</bdi>.*?1 KB · .*? · steve", steve.get(answer.location).text, re.DOTALL | re.IGNORECASE
    )
    assert steve.get("/warehouse/certificates/1/scans/1").data == b"%PDF"
    assert "scan.pdf" in other.get("/warehouse/certificates/1/files").text  # who sees files of goods sees it among them
    send(steve, "")
    assert "Choose a file" in steve.get(answer.location).text
    for address in ("/warehouse/certificates/2/scans/1", "/warehouse/certificates/1/scans/2"):
        assert steve.get(address).status_code == 404, address
    shop(lambda s: add(s, "C-2", item_id=BOLT))
    assert steve.get("/warehouse/certificates/2/scans/1").status_code == 404
    ours = shop(lambda s: s.scalars(select(User.id).where(User.login == "steve")).one())
    assert shop(lambda s: s.scalars(select(FileEntry.author_id)).all()) == [ours]
    for client, address, status in (
        (other, "/warehouse/certificates/1/scans/1/removed", 403),
        (steve, "/warehouse/certificates/2/scans/1/removed", 404),
        (steve, "/warehouse/certificates/1/scans/1/removed", 302),
        (steve, "/warehouse/certificates/1/scans/1/removed", 404),
    ):
        assert client.post(address).status_code == status, address
    assert "scan.pdf" not in steve.get(answer.location).text
    assert shop(lambda s: s.scalars(select(FileEntry.removed_at)).one()) is not None
    last = shop(lambda s: s.scalars(select(AuditLine).order_by(AuditLine.id.desc()).limit(1)).one())
    assert (last.action, last.actor) == ("core.file.remove", "Steve")
    for address in (
        "/warehouse/items/1/files",
        "/warehouse/certificates/1/files",
        "/files/warehouse.certificate/1/1/file",
    ):
        assert steve.get(address).status_code == 403, address


@pytest.mark.one_engine
def test_the_cursor_begins_behind_what_the_address_has_filled_in(shop: Any, app: Any) -> None:
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    shop(lambda s: add(s, "C-1", item_id=BOLT))
    for address, name in (
        ("certificates/new", "item_id_text"),
        (f"certificates/new?item={BOLT}", "number"),
        (f"substitutes/new?item={BOLT}", "other_id_text"),
    ):
        boxes = re.findall(
            r"<(?:input|select|textarea)[^>]*\bautofocus\b[^>]*>", client.get(f"/warehouse/{address}").text
        )
        assert [re.findall(r'\bname="(\w+)"', box) for box in boxes] == [[name]], address
