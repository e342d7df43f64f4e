"""Parcels booked with a carrier over the network, against a real server: once, however often they are asked for, and
whatever the server answers."""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal as D
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from app.documents import post, save
from app.errors import Conflict, Forbidden, Invalid
from app.jobs.work import Run
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.bridges import calling
from modules.trade.bridges.booking import book, cancel_booking
from modules.trade.bridges.calling import Door, NoAnswer, check_address
from modules.trade.bridges.models import CarrierBooking
from modules.trade.bridges.settings import save_bridge
from modules.trade.bridges.tracking import ask, due_bookings, pause_after
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.trade.parcels import operations
from modules.trade.parcels.carriers import carriers_of
from modules.trade.parcels.models import Parcel
from modules.warehouse.operations import create_item

PDF = b"%PDF-1.7 a label"
pytestmark = pytest.mark.usefixtures("cheap_passphrases")
Answer = tuple[int, bytes, dict[str, str]]


def said(status: int, body: Any = None, **headers: str) -> Answer:
    return status, json.dumps({} if body is None else body).encode(), headers


@dataclass
class Bridge:
    """A bridge that keeps shipments by their keys; `misbehave` answers in its place."""

    port: int = 0
    shipments: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    state: dict[str, Any] = field(default_factory=lambda: {"state": "in_transit", "note": "Hub Oslo"})
    misbehave: Callable[[], Answer] | None = None

    def answer(self, method: str, path: str, body: Any, secret: str | None) -> Answer:
        self.asked.append((method, path, body))
        key = path.rpartition("/")[2]
        if method == "PUT":  # booked before it answers, as carriers do
            self.shipments.setdefault(key, f"N {len(self.shipments) + 1}")
        if self.misbehave is not None:
            return self.misbehave()
        if secret != "Bearer s3cret":
            return said(401, {"error": "wrong secret"})
        if path == "/k/status":
            return said(200, {"contract": 1})
        if key not in self.shipments:
            return said(404, {"error": "no such shipment"})
        if method == "DELETE":
            del self.shipments[key]
            return said(200)
        label = {"type": "application/pdf", "data": base64.b64encode(PDF).decode()}
        return said(200, self.state if method == "GET" else {"number": self.shipments[key], "label": label})


@pytest.fixture
def bridge() -> Iterator[Bridge]:
    made = Bridge()

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, body, headers = made.answer(
                self.command, self.path, json.loads(data) if data else None, self.headers.get("Authorization")
            )
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_DELETE = _any  # noqa: N815 - as the standard library names them

        def log_message(self, *_args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_args: Any) -> None:  # who hangs up isn't an error of the test's
            pass

    server = Server(("127.0.0.1", 0), Handler)
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def parcel(company: Any, bridge: Bridge) -> int:
    """A packed parcel that goes by the bridge's carrier."""
    near = (f"127.0.0.1:{bridge.port}",)
    company.config = replace(company.config, near_hosts=near)

    def work(session: Any) -> int:
        create_contact(
            session, SYSTEM, kind="legal_entity", name="Bergen AS", address="Quay 1", phone="+47 22 12 34 56"
        )
        create_item(session, SYSTEM, code="CUT", name="Cutting", kind="service")
        sale = save(session, SYSTEM, Sale, TradeDraft(1, [TradeLineDraft(1, D(1), D(5))]))
        post(session, SYSTEM, [sale])
        save_bridge(
            session,
            SYSTEM,
            company.config.secret_key,
            name="Fast",
            address=f"http://127.0.0.1:{bridge.port}/k/",
            secret="s3cret",
            seconds=2,
            near=near,
        )
        carriers = carriers_of(company, session)
        return operations.pack(session, SYSTEM, carriers, sale.id, carrier="bridge-1", weight=D("2.50")).id

    found: int = company.database.run(work, actor=SYSTEM)
    return found


def booked(company: Any, parcel: int) -> None:
    carriers = company.database.run(lambda s: carriers_of(company, s), actor=SYSTEM)
    book(company, SYSTEM, carriers, parcel)


def seen(company: Any, parcel: int) -> tuple[Any, ...]:
    """Its state and number, and those of its latest booking."""

    def work(session: Any) -> tuple[Any, ...]:
        row = session.get_one(Parcel, parcel)
        latest = session.query(CarrierBooking).order_by(CarrierBooking.id.desc()).first()
        return row.state, row.tracking, *((latest.state, latest.number, latest.failures) if latest else ())

    found: tuple[Any, ...] = company.database.run(work, actor=SYSTEM)
    return found


def test_a_parcel_is_booked_once_followed_and_delivered(
    company: Any, bridge: Bridge, parcel: int, refused: Any
) -> None:
    bridge.misbehave = lambda: (200, b"<html>nonsense</html>", {})
    with pytest.raises(Invalid, match="nothing is done twice"):
        booked(company, parcel)  # it is booked there, and the answer is lost
    assert seen(company, parcel) == ("packed", "", "asked", "", 0)
    assert "Cancel the booking" in refused(
        lambda s: operations.change_parcel(s, SYSTEM, carriers_of(company, s), s.get_one(Parcel, parcel), content="x"),
        Conflict,
    )
    bridge.misbehave = None
    booked(company, parcel)
    assert list(bridge.shipments.values()) == ["N 1"]
    (_, first, body), (_, second, again) = bridge.asked
    assert (first, body) == (second, again)
    assert (body["weight_kg"], body["to"]["name"], body["to"]["address"]) == ("2.5", "Bergen AS", "Quay 1")
    assert seen(company, parcel) == ("packed", "N 1", "booked", "N 1", 0)
    with pytest.raises(Conflict):
        booked(company, parcel)

    def track() -> bool:
        return ask(Run(company, SYSTEM, 1, {}), 1)

    assert track()
    assert seen(company, parcel)[0] == "under_way"
    bridge.misbehave = lambda: said(500)
    assert [track(), track()] == [False, False]
    assert seen(company, parcel)[4] == 2
    bridge.misbehave, bridge.state = None, {"state": "delivered", "received_by": "Ola"}
    assert track()
    assert seen(company, parcel) == ("delivered", "N 1", "booked", "N 1", 0)

    def ended(session: Any) -> None:
        assert session.get_one(Parcel, parcel).received_by == "Ola"
        booking = session.get_one(CarrierBooking, 1)
        assert (booking.label, booking.label_type, booking.asked, booking.ask_at) == (PDF, "application/pdf", {}, None)
        assert due_bookings(session, booking.created_at + timedelta(days=9)) == []

    company.database.run(ended, actor=SYSTEM)


def test_what_is_cancelled_or_refused_is_free_to_be_changed(company: Any, bridge: Bridge, parcel: int) -> None:
    bridge.misbehave = lambda: said(422, {"error": "too\nheavy"})
    with pytest.raises(Invalid, match="refuses it: too heavy"):
        booked(company, parcel)
    assert seen(company, parcel) == ("packed", "")
    bridge.misbehave = None
    booked(company, parcel)
    cancel_booking(company, SYSTEM, parcel)
    assert seen(company, parcel) == ("packed", "", "cancelled", "N 2", 0)
    bridge.misbehave = lambda: said(503)
    with pytest.raises(Invalid):
        booked(company, parcel)
    bridge.misbehave = lambda: said(404)
    cancel_booking(company, SYSTEM, parcel)  # the carrier never heard of it
    assert seen(company, parcel)[2] == "cancelled"


def test_a_refusal_after_a_lost_answer_forgets_no_booking(company: Any, bridge: Bridge, parcel: int) -> None:
    bridge.misbehave = lambda: said(503)
    with pytest.raises(Invalid):
        booked(company, parcel)  # it is booked there, and the answer is lost
    bridge.misbehave = lambda: said(401, {"error": "wrong secret"})
    with pytest.raises(Invalid, match="wrong secret"):
        booked(company, parcel)
    bridge.misbehave = None
    booked(company, parcel)
    assert list(bridge.shipments.values()) == ["N 1"]
    assert seen(company, parcel) == ("packed", "N 1", "booked", "N 1", 0)


def test_what_is_cancelled_while_the_carrier_is_asked_is_cancelled_there_too(
    company: Any, bridge: Bridge, parcel: int
) -> None:
    def slowly() -> Answer:
        bridge.misbehave = lambda: said(404)  # whoever cancels it is faster than the booking
        cancel_booking(company, SYSTEM, parcel)
        bridge.misbehave = None
        return said(200, {"number": "N 1"})

    bridge.misbehave = slowly
    with pytest.raises(Conflict, match="cancelled meanwhile"):
        booked(company, parcel)
    assert (bridge.shipments, seen(company, parcel)[2]) == ({}, "cancelled")


def test_what_people_record_stands_until_the_carrier_says_something_else(
    company: Any, bridge: Bridge, parcel: int
) -> None:
    booked(company, parcel)

    def track() -> str:
        assert ask(Run(company, SYSTEM, 1, {}), 1)
        return str(seen(company, parcel)[0])

    assert track() == "under_way"
    company.database.run(
        lambda s: operations.bring_back(s, SYSTEM, s.get_one(Parcel, parcel), why="nobody in"), actor=SYSTEM
    )
    assert track() == "failed"
    bridge.state = {"state": "delivered", "received_by": "Ola"}
    assert track() == "delivered"


@pytest.mark.one_engine  # the network
def test_strange_answers_end_in_time_and_lead_nowhere(bridge: Bridge, monkeypatch: Any) -> None:
    door = Door(f"http://127.0.0.1:{bridge.port}", 1, near=(f"127.0.0.1:{bridge.port}",))

    def slow() -> Answer:
        time.sleep(2)
        return said(200)

    for answer in (
        said(302, Location="http://127.0.0.1:1/inside"),
        (200, b"[1]", {}),
        (200, b"[" * 100_000, {}),
        (200, b" " * (calling.MOST + 9), {}),
        said(429),
    ):
        bridge.misbehave = lambda said=answer: said
        with pytest.raises(NoAnswer):
            calling.call(door, "GET", "/status")
    bridge.misbehave = slow
    began = time.monotonic()
    with pytest.raises(NoAnswer):
        calling.call(door, "GET", "/status")
    assert time.monotonic() - began < 1.9
    asked = len(bridge.asked)
    with pytest.raises(NoAnswer, match="own network"):  # a name that leads into it
        calling.call(replace(door, near=()), "GET", "/status")
    monkeypatch.setattr(calling.socket, "getaddrinfo", lambda *_a, **_k: [(0, 0, 0, "", ("::ffff:10.0.0.1", 443))])
    with pytest.raises(NoAnswer, match="own network"):
        calling.call(Door("https://bridge.example.com", 1), "GET", "/status")
    assert len(bridge.asked) == asked


@pytest.mark.one_engine  # rules
def test_addresses_that_cannot_be_meant_are_refused() -> None:
    for wrong in (
        "bridge.example.com",
        "http://bridge.example.com",
        "https://me:pass@bridge.example.com",
        "https://bridge.example.com/?a=1",
        "https://127.0.0.1/k",
        "https://[::1]/k",
        "https://localhost/k",
        "https://169.254.169.254/latest",
        "https://bridge.example.com:x/",
        "ftp://bridge.example.com",
    ):
        with pytest.raises(Invalid):
            check_address(wrong)
    assert check_address(" https://bridge.example.com/k/ ") == "https://bridge.example.com/k"
    assert [pause_after(n).total_seconds() / 60 for n in (1, 2, 3, 99)] == [5, 10, 20, 720]


def test_a_secret_goes_nowhere_else(company: Any, bridge: Bridge, parcel: int, employ: Any, refused: Any) -> None:
    del parcel, bridge
    key = company.config.secret_key

    def save_as(actor: Any, number: int | None = 1, **fields: Any) -> Any:
        from modules.trade.bridges.models import CarrierBridge

        return lambda s: save_bridge(s, actor, key, s.get(CarrierBridge, number) if number else None, **fields)

    steve = employ("steve", "storekeeper")
    refused(save_as(steve, name="x"), Forbidden)
    refused(save_as(SYSTEM, address="https://elsewhere.example.com"), Invalid, field="secret")
    refused(save_as(SYSTEM, None, name="Fast", address="https://a.example.com"), Conflict, field="name")
    refused(save_as(SYSTEM, None, name="B", address="https://a.example.com", seconds=99), Invalid, field="seconds")
    page = {"tracking_page": "javascript:alert({number})"}
    refused(save_as(SYSTEM, None, name="B", address="https://a.example.com", **page), Invalid, field="tracking_page")


@pytest.mark.one_engine  # pages
def test_an_administrator_connects_a_carrier_and_tries_it(house: Any, sign_in: Any, bridge: Bridge) -> None:
    house.company.config = replace(house.company.config, near_hosts=(f"127.0.0.1:{bridge.port}",))
    admin, steve = sign_in("admin"), sign_in("steve")
    address = f"http://127.0.0.1:{bridge.port}/k"
    fields = {"name": "Fast", "address": address, "secret": "wrong", "seconds": "3", "is_active": "y"}
    answer = admin.post("/trade/carriers/new", data=fields)
    assert answer.status_code == 302
    page = admin.post(f"{answer.location.removesuffix('/edit')}/try", follow_redirects=True).text
    assert "wrong secret" in page
    admin.post(answer.location, data={**fields, "secret": "s3cret"})
    assert "It works" in admin.post(f"{answer.location.removesuffix('/edit')}/try", follow_redirects=True).text
    assert "s3cret" not in admin.get(answer.location).text
    assert steve.get("/trade/carriers").status_code == 403
    made = steve.get("/trade/shipping").text
    assert "Ship and receive" in made
    with house.company.database.session(SYSTEM) as session:
        sale = session.query(Sale).filter_by(state="posted").first().id
    found = steve.post(f"/trade/parcels/new?sale={sale}", data={"carrier": "bridge-1", "tracking": "", "content": "x"})
    assert found.status_code == 302, found.text
    assert "Book with the carrier" in steve.get(found.location).text
    assert "Booked." in steve.post(f"{found.location}/book", follow_redirects=True).text
    label = steve.get(f"{found.location}/carrier-label")
    assert (label.data, label.content_type) == (PDF, "application/pdf")
    assert label.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in label.headers["Content-Security-Policy"]
    assert "The booking is cancelled" in steve.post(f"{found.location}/cancel-booking", follow_redirects=True).text
    assert bridge.shipments == {}


def test_strange_characters_keep_nobody_from_being_asked(company: Any, bridge: Bridge, parcel: int) -> None:
    booked(company, parcel)

    def track() -> bool:
        return ask(Run(company, SYSTEM, 1, {}), 1)

    bridge.state = {"state": "in_transit", "note": "\ud800"}
    assert not track()
    bridge.misbehave = lambda: said(422, {"error": "a\0b"})
    assert not track()
    assert seen(company, parcel)[4] == 2
    bridge.misbehave, bridge.state = None, {"state": "failed", "note": "no\x01body\0 at\x7f home"}
    assert track()
    why = company.database.run(lambda s: s.get_one(Parcel, parcel).why, actor=SYSTEM)
    assert (seen(company, parcel)[0], why) == ("failed", "no body at home")


@pytest.mark.one_engine  # what a test breaks itself
def test_what_cannot_be_kept_is_an_answer_that_was_missed(
    company: Any, bridge: Bridge, parcel: int, monkeypatch: Any
) -> None:
    booked(company, parcel)

    def fails(*_args: Any, **_more: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("modules.trade.bridges.tracking.keep_state", fails)
    assert not ask(Run(company, SYSTEM, 1, {}), 1)
    assert seen(company, parcel)[4] == 1


@pytest.mark.one_engine  # the network
def test_the_seconds_are_for_the_whole_request(bridge: Bridge, monkeypatch: Any) -> None:
    door = Door(f"http://127.0.0.1:{bridge.port}", 1, near=(f"127.0.0.1:{bridge.port}",))
    look_up, looked = calling.socket.getaddrinfo, []

    def slowly(*args: Any, **more: Any) -> Any:
        if not looked:  # the connection goes to a number
            looked.append(1)
            time.sleep(0.7)
        return look_up(*args, **more)

    def late() -> Answer:
        time.sleep(0.7)
        return said(200)

    bridge.misbehave = late
    monkeypatch.setattr(calling.socket, "getaddrinfo", slowly)
    began = time.monotonic()
    with pytest.raises(NoAnswer):
        calling.call(door, "GET", "/status")
    assert time.monotonic() - began < 1.3


@pytest.mark.one_engine  # rules
@pytest.mark.parametrize("host", ["[64:ff9b::a00:1]", "[::7f00:1]", "[::10.0.0.1]", "[fec0::1]"])
def test_other_ways_to_write_the_own_network_are_of_it(host: str) -> None:
    with pytest.raises(Invalid):
        check_address(f"https://{host}/k")


def test_what_may_be_booked_keeps_its_key(company: Any, bridge: Bridge, parcel: int) -> None:
    bridge.misbehave = lambda: said(503)
    with pytest.raises(Invalid):
        booked(company, parcel)  # booked there, and nobody knows
    bridge.misbehave = lambda: said(401, {"error": "expired"})
    with pytest.raises(Invalid, match="expired"):
        booked(company, parcel)
    assert seen(company, parcel)[2] == "asked"
    bridge.misbehave = None
    booked(company, parcel)
    assert list(bridge.shipments.values()) == ["N 1"]
    assert seen(company, parcel) == ("packed", "N 1", "booked", "N 1", 0)


def test_what_is_cancelled_while_it_is_booked_is_withdrawn(company: Any, bridge: Bridge, parcel: int) -> None:
    def cancelled_first() -> Answer:
        bridge.misbehave = lambda: said(404)
        cancel_booking(company, SYSTEM, parcel)
        bridge.misbehave = None
        return said(200, {"number": "N 1"})

    bridge.misbehave = cancelled_first
    with pytest.raises(Conflict, match="cancelled meanwhile"):
        booked(company, parcel)
    assert bridge.shipments == {}
    assert seen(company, parcel) == ("packed", "", "cancelled", "", 0)


def test_what_was_not_delivered_gets_another_carrier(company: Any, bridge: Bridge, parcel: int) -> None:
    booked(company, parcel)
    bridge.state = {"state": "failed", "note": "moved"}
    assert ask(Run(company, SYSTEM, 1, {}), 1)
    cancel_booking(company, SYSTEM, parcel)
    assert seen(company, parcel)[:3] == ("failed", "", "cancelled")

    def change(session: Any) -> None:
        carriers = carriers_of(company, session)
        operations.change_parcel(session, SYSTEM, carriers, session.get_one(Parcel, parcel), carrier="own")

    company.database.run(change, actor=SYSTEM)


def test_what_came_back_is_booked_with_another_connected_carrier(company: Any, bridge: Bridge, parcel: int) -> None:
    booked(company, parcel)
    bridge.state = {"state": "failed", "note": "moved"}
    assert ask(Run(company, SYSTEM, 1, {}), 1)
    cancel_booking(company, SYSTEM, parcel)

    def change(session: Any) -> None:
        near, secret = company.config.near_hosts, company.config.secret_key
        address = f"http://127.0.0.1:{bridge.port}/k/"
        save_bridge(session, SYSTEM, secret, name="Slow", address=address, secret="s3cret", seconds=2, near=near)
        carriers = carriers_of(company, session)
        operations.change_parcel(session, SYSTEM, carriers, session.get_one(Parcel, parcel), carrier="bridge-2")

    company.database.run(change, actor=SYSTEM)
    booked(company, parcel)
    assert seen(company, parcel)[:3] == ("failed", "N 1", "booked")
    bridge.state = {"state": "in_transit", "note": "on its way"}
    assert ask(Run(company, SYSTEM, 1, {}), 2)
    assert seen(company, parcel)[0] == "under_way"
