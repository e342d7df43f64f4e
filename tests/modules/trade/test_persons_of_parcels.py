"""What parcels keep of a person is given to them, and erased with them; the parcels stay."""

from decimal import Decimal as D
from typing import Any

from sqlalchemy import select

from app.documents import post, save
from app.security import SYSTEM
from modules.contacts.models import Contact
from modules.contacts.operations import create_contact, record_payment
from modules.contacts.persons import erase_person, find_person
from modules.trade.bridges.models import ASKED, CANCELLED, CarrierBooking, CarrierBridge
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.trade.parcels.models import FAILED, PHOTO, SIGNATURE, Parcel, ParcelPicture
from modules.warehouse.operations import create_item
from tests.modules.contacts.test_persons import everything


def test_parcels_forget_who_is_erased(company: Any) -> None:
    def prepare(session: Any) -> int:
        company.refresh(session)
        ann, bob = (
            create_contact(session, SYSTEM, kind="individual", name=name, country="GB")
            for name in ("Ann Lee", "Bob Ray")
        )
        item = create_item(session, SYSTEM, code="CUT", name="Cutting", kind="service").id
        bridge = CarrierBridge(name="Fast", address="http://x", is_active=True)
        session.add(bridge)
        session.flush()
        for contact in (ann, bob):
            sale = save(session, SYSTEM, Sale, TradeDraft(contact.id, [TradeLineDraft(item, D(1), D(30))]))
            post(session, SYSTEM, [sale])
            record_payment(session, SYSTEM, contact_id=contact.id, direction="in", amount=sale.amount)
            said = {"received_by": f"neighbour of {contact.name}", "why": f"{contact.name} slept"}
            parcel = Parcel(sale_id=sale.id, contact_id=contact.id, position=1, carrier="own", state=FAILED, **said)
            session.add(parcel)
            session.flush()
            for what in (SIGNATURE, PHOTO):
                content = f"{what} {contact.name}".encode()
                session.add(ParcelPicture(parcel_id=parcel.id, what=what, content=content))
            booked = {"asked": {"to": contact.name}, "said": f"at {contact.name}'s", "label": contact.name.encode()}
            session.add(
                CarrierBooking(parcel_id=parcel.id, bridge_id=bridge.id, key=contact.code, state=ASKED, **booked)
            )
        session.flush()
        return int(ann.id)

    ann = company.database.run(prepare, actor=SYSTEM)

    def find(session: Any) -> Any:
        return find_person(session, SYSTEM, session.get(Contact, ann)).rows

    found = company.database.run(find, actor=SYSTEM)
    assert sorted(row["what"] for row in found["trade_parcel_picture"]) == [PHOTO, SIGNATURE]
    assert [row["label"] for row in found["trade_carrier_booking"]] == ["QW5uIExlZQ=="]
    company.database.run(lambda s: erase_person(s, SYSTEM, s.get(Contact, ann), "Ann Lee"), actor=SYSTEM)
    assert "Ann Lee" not in everything(company)

    def look(session: Any) -> None:
        (erased, other) = session.scalars(select(Parcel).order_by(Parcel.id)).all()
        assert (erased.received_by, erased.why, erased.state) == ("", "", FAILED)
        assert other.received_by == "neighbour of Bob Ray"
        assert {p.parcel_id for p in session.scalars(select(ParcelPicture))} == {other.id}
        states = session.scalars(select(CarrierBooking.state).order_by(CarrierBooking.id)).all()
        assert states == [CANCELLED, ASKED]

    company.database.run(look, actor=SYSTEM)
