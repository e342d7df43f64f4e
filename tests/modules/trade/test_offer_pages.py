"""After a supplier's answer is entered, it stands beside the others."""

from decimal import Decimal as D
from typing import Any

from app.documents import post, save
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.drafts import OfferDraft, TradeLineDraft
from modules.trade.models import SupplierOffer
from modules.trade.sourcing.models import SupplierRequest
from modules.trade.sourcing.requests import RequestDraft, RequestLineDraft, ask_supplier
from modules.warehouse.operations import create_item
from tests.modules.web.browser_forms import fields_of


def test_an_answer_leads_to_the_comparison_and_an_offer_of_no_request_to_its_page(
    app: Any, company: Any, employ: Any
) -> None:
    employ("bella", "buyer")

    def work(session: Any) -> tuple[int, int, int]:
        create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS")
        create_item(session, SYSTEM, code="ANVIL", name="Anvil")
        session.flush()
        request = save(session, SYSTEM, SupplierRequest, RequestDraft([RequestLineDraft(1, D(2))]))
        post(session, SYSTEM, [request])
        alone = save(session, SYSTEM, SupplierOffer, OfferDraft(1, [TradeLineDraft(1, D(2), D(5))]))
        post(session, SYSTEM, [alone])
        return request.id, ask_supplier(session, SYSTEM, request, 1).id, alone.id

    request, offer, alone = company.database.run(work, actor=SYSTEM)
    bella = app.test_client()
    bella.post("/login", data={"login": "bella", "password": "bella-sample"})

    def saved(number: int) -> str:
        address = f"/trade/supplier-offers/{number}/edit"
        form = {**fields_of(bella.get(address).text), "answered": ["2026-01-05"], "then": "correct"}
        answer = bella.post(address, data=form)
        assert answer.status_code == 302, answer.text
        return str(answer.location)

    assert saved(offer) == f"/trade/supplier-requests/{request}/answers"
    assert saved(alone) == f"/trade/supplier-offers/{alone}"
