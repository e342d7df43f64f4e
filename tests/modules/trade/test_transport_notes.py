"""What goes with goods on a vehicle: who, whom to, by whom and how heavy, in three shapes, without a price."""

from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app.api.prints import form_pdf
from app.security import SYSTEM
from modules.trade.models import Sale
from modules.trade.paper.transport import carriage_note, consignment_note, transport_note
from modules.trade.parcels import operations
from modules.trade.parcels.carriers import carriers_of
from tests.modules.printing.test_pdf import text_of

pytestmark = pytest.mark.one_engine  # what stands on paper: no engine decides


def test_the_cargo_stands_on_each_note_and_no_price(house: Any, actor: Any) -> None:
    actor("admin")

    def work(session: Any) -> None:
        sale = next(
            s
            for s in session.scalars(select(Sale).where(Sale.state == "posted").order_by(Sale.id))
            if any(line.item.kind == "goods" for line in s.lines)
        )
        goods = [line for line in sale.lines if line.item.kind == "goods"]
        carriers = carriers_of(house.company)
        for weight in ("2.5", "3.25"):
            said = {"carrier": "dhl", "tracking": f"JD{weight[0]}", "weight": D(weight)}
            operations.pack(session, SYSTEM, carriers, sale.id, **said)
        assert consignment_note.fits(session, sale)
        for form, heading in (
            (consignment_note, "Consignment note"),
            (transport_note, "Транспортная накладная"),
            (carriage_note, "Phiếu vận chuyển"),
        ):
            pdf = form_pdf(session, form, sale)
            text = " ".join(text_of(pdf).split())
            assert heading in text
            for wanted in (sale.number, sale.summary, "DHL", "JD2", "JD3", goods[0].item.code):
                assert wanted in text, wanted
            data = form.data(session, sale)
            assert (data["places"], data["weight"].replace(",", ".")) == ("2", "5.75")
            assert "price" not in str(data).lower()
            assert "amount" not in str(data).lower()
        session.rollback()

    with house.company.database.session(SYSTEM) as session:
        work(session)
