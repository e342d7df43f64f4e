"""The proof of a delivery on the phone's page, and what customers see of a parcel that is on its way."""

import base64
from io import BytesIO
from typing import Any

import pytest

from app.clock import wall_clock
from app.documents import reverse
from app.errors import Invalid
from app.security import SYSTEM
from modules.contacts.letters.models import Letter
from modules.trade.models import Sale
from modules.trade.parcels import operations
from modules.trade.parcels.carriers import carriers_of
from modules.trade.parcels.following import LIFE, LONGEST, followed_by, token_of
from modules.trade.parcels.letter import write_to_customer
from modules.trade.parcels.models import Parcel, ParcelPicture
from tests.unit.trade.test_pictures_of_deliveries import DRAWN, FRAME, SCAN, jpeg, png


@pytest.fixture
def parcel(house: Any, actor: Any) -> int:
    """A parcel of a sale of the sample, taken along by our own people."""

    def work(session: Any) -> int:
        sale = session.query(Sale).filter_by(state="posted").order_by(Sale.id).first()
        made = operations.pack(session, SYSTEM, carriers_of(house.company), sale.id)
        operations.hand_over(session, SYSTEM, carriers_of(house.company), made)
        return made.id

    actor("steve")  # so that the company knows which modules are on
    found: int = house.company.database.run(work, actor=SYSTEM)
    return found


def test_a_delivery_is_signed_and_photographed_on_the_phone(house: Any, sign_in: Any, parcel: int) -> None:
    steve, anna, do = sign_in("steve"), sign_in("anna"), house.company.database.run
    drawn = "data:image/png;base64," + base64.b64encode(png(DRAWN)).decode()
    wrong = {"received_by": "Ola", "signature": drawn, "photo": (BytesIO(b"<html>"), "photo.jpg")}
    said = steve.post(f"/trade/parcels/{parcel}/deliver?tour=1", data=wrong, follow_redirects=True)
    assert "photo can&#39;t be read" in said.text
    assert do(lambda s: (s.query(ParcelPicture).count(), s.get_one(Parcel, parcel).state), actor=SYSTEM) == (
        0,
        "under_way",
    )
    right = {**wrong, "photo": (BytesIO(jpeg(FRAME, SCAN, b"\x01")), "photo.jpg")}
    page = steve.post(f"/trade/parcels/{parcel}/deliver", data=right, follow_redirects=True).text
    for what, kind, content in (("signature", "png", png(DRAWN)), ("photo", "jpeg", jpeg(FRAME, SCAN, b"\x01"))):
        address = f"/trade/parcels/{parcel}/pictures/{what}"
        assert address in page
        picture = steve.get(address)
        assert (picture.data, picture.content_type) == (content, f"image/{kind}")
        assert anna.get(address).status_code == 403  # an accountant doesn't see parcels
    assert steve.get(f"/trade/parcels/{parcel}/pictures/else").status_code == 404


def test_whoever_has_the_address_sees_where_the_parcel_is_and_nothing_else(house: Any, parcel: int) -> None:
    stranger, key, do = house.test_client(), house.company.config.secret_key, house.company.database.run
    token = token_of(parcel, key)
    page = stranger.get(f"/parcel/{token}")
    assert page.status_code == 200
    name = do(lambda s: s.get_one(Parcel, parcel).contact.name, actor=SYSTEM)
    assert "Under way" in page.text
    assert name not in page.text
    for wrong in (f"{parcel}-", token_of(parcel, "another key"), token.replace(f"{parcel}-", f"{parcel + 1}-"), "ä"):
        assert stranger.get(f"/parcel/{wrong}").status_code == 404

    def later(session: Any) -> None:
        row, today = session.get_one(Parcel, parcel), wall_clock().date()
        for said, is_shown in (
            ({"state": "delivered", "delivered_at": wall_clock() - LIFE * 2}, False),
            ({"state": "failed", "delivered_at": None, "state_on": today - LIFE * 2}, False),
            ({"state": "failed", "state_on": today - LIFE / 2}, True),
            ({"state": "under_way", "state_on": today - LIFE * 2}, True),
            ({"made_on": today - LONGEST * 2}, False),
            ({"made_on": today}, True),
        ):
            for name, value in said.items():
                setattr(row, name, value)
            session.flush()
            assert (followed_by(session, token, key) is not None) == is_shown, said
        reverse(session, SYSTEM, session.get_one(Sale, session.get_one(Parcel, parcel).sale_id))
        session.flush()
        assert followed_by(session, token, key) is None
        session.rollback()

    with house.company.database.session(SYSTEM) as session:
        later(session)


def test_a_storekeeper_writes_to_the_customer_whose_address_is_closed_to_them(
    house: Any, actor: Any, parcel: int
) -> None:
    company, steve = house.company, actor("steve")
    company.database.known["has_mail"] = True
    of = company.database.run(lambda s: s.get_one(Parcel, parcel), actor=steve)

    def email(session: Any, address: str) -> None:
        session.get_one(Parcel, parcel).contact.email = address

    try:
        with house.test_request_context(base_url="https://kontor.example"):
            company.database.run(lambda s: email(s, "post@bergen.example"), actor=SYSTEM)
            write_to_customer(company, steve, of)
            letter = company.database.run(lambda s: s.query(Letter).order_by(Letter.id.desc()).first(), actor=SYSTEM)
            assert (letter.document_id, letter.user_id) == (of.sale_id, None)
            assert f"https://kontor.example/parcel/{parcel}-" in letter.body
            assert of.code in letter.body
            company.database.run(lambda s: setattr(s.get_one(Parcel, parcel), "tracking", ""), actor=SYSTEM)
            company.database.run(
                lambda s: s.query(Parcel).filter_by(sale_id=of.sale_id).update({"tracking": ""}), actor=SYSTEM
            )
            with pytest.raises(Invalid, match="tracking number"):
                write_to_customer(company, steve, of)
    finally:
        company.database.known["has_mail"] = False
