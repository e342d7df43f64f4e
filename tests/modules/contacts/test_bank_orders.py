"""Suppliers paid in one batch: proposed by due date, written for the bank, and known again in its statement."""

from datetime import date, datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from lxml import etree

from app.clock import wall_clock
from app.documents import post, save
from app.errors import Conflict, Forbidden, Invalid
from app.security import SYSTEM
from modules.contacts.bank.orders import VERSIONS
from modules.contacts.bank.statement import Line, Statement
from modules.contacts.bank_lines import confirm_sure, statement_by_id
from modules.contacts.bank_orders import batch_of, make_order, order_by_id, payable, write_order
from modules.contacts.bank_statements import keep_statements
from modules.contacts.money.accounts import save_account
from modules.contacts.operations import create_contact
from modules.contacts.queries import open_of
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase
from modules.warehouse.operations import create_item

OWN, THEIRS = "GB82WEST12345698765432", "DE89370400440532013000"


@pytest.fixture
def ids(company: Any) -> dict[str, int]:
    """A supplier with an account and one without, and a bill of each."""

    def work(session: Any) -> dict[str, int]:
        known = {"bank_account": THEIRS, "country": "DE"}
        ada = create_contact(session, SYSTEM, kind="legal_entity", name="Ada & Söhne", code="A", **known).id
        bo = create_contact(session, SYSTEM, kind="legal_entity", name="Bo", code="B").id
        main = save_account(session, SYSTEM, kind="bank", name="Main", currency="GBP", number=OWN, may_overdraw=True)
        work = create_item(session, SYSTEM, code="W", name="Work", kind="service").id
        bills = []
        for contact, price in ((ada, "99.50"), (bo, "10")):
            draft = TradeDraft(contact, [TradeLineDraft(work, D(1), D(price))], moment=datetime(2026, 3, 1, 12))
            bills.append(save(session, SYSTEM, Purchase, draft))
        post(session, SYSTEM, bills)
        return {"main": main.id, "first": bills[0].id, "second": bills[1].id, "ada": ada}

    found: dict[str, int] = company.database.run(work, actor=SYSTEM)
    return found


def run(company: Any, work: Any, actor: Any = SYSTEM) -> Any:
    return company.database.run(work, actor=actor)


def made(company: Any, ids: dict[str, int]) -> int:
    day = wall_clock().date()
    return int(
        run(company, lambda s: make_order(s, SYSTEM, account_id=ids["main"], document_ids=[ids["first"]], day=day).id)
    )


def test_what_is_due_is_proposed_paid_once_and_matched_by_the_statement(company: Any, ids: dict[str, int]) -> None:
    due = run(company, lambda s: [d.document_id for d, _name in payable(s, "GBP")])
    assert due == [ids["first"], ids["second"]]
    assert run(company, lambda s: payable(s, "GBP", date(2026, 1, 1))) == []
    order = made(company, ids)
    assert run(company, lambda s: [d.document_id for d, _name in payable(s, "GBP")]) == [ids["second"]]
    with pytest.raises(Conflict, match="another batch pays it"):
        made(company, ids)
    reference = run(company, lambda s: order_by_id(s, order).lines[0].reference)
    line = Line(wall_clock().date(), D("-99.50"), reference=reference, purpose="transfer")
    run(company, lambda s: keep_statements(s, SYSTEM, [Statement(OWN, "GBP", [line])], format="OFX", file="x.ofx"))
    assert run(company, lambda s: confirm_sure(s, SYSTEM, statement_by_id(s, 1))) == 1
    assert run(company, lambda s: open_of(s, [ids["first"]])) == {ids["first"]: D(0)}


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_batch_is_written_as_the_banks_read_it(company: Any, ids: dict[str, int]) -> None:
    order = made(company, ids)
    batch = run(company, lambda s: batch_of(s, order_by_id(s, order)))
    for version, bic in VERSIONS.items():
        name, content = run(company, lambda s, v=version: write_order(s, SYSTEM, order_by_id(s, order), v))
        assert name.endswith(".xml")
        root = etree.fromstring(content)
        space = {"p": f"urn:iso:std:iso:20022:tech:xsd:{version}"}
        assert root.tag == f"{{{space['p']}}}Document"

        def text(path: str, root: Any = root, space: Any = space) -> str:
            return str(root.findtext(f".//p:{path}", namespaces=space))

        assert (text("CtrlSum"), text("NbOfTxs"), text("EndToEndId")) == ("99.50", "1", batch.orders[0].reference)
        assert (text("CdtrAcct//p:IBAN"), text("DbtrAcct//p:IBAN")) == (THEIRS, OWN)
        assert text("Cdtr/p:Nm") == "Ada & Söhne"
        assert root.find(".//p:InstdAmt", space).get("Ccy") == "GBP"
        order_of = [etree.QName(e).localname for e in root.find(".//p:PmtInf", space)]
        assert order_of == [
            *("PmtInfId", "PmtMtd", "NbOfTxs", "CtrlSum", "ReqdExctnDt", "Dbtr", "DbtrAcct", "DbtrAgt", "CdtTrfTxInf")
        ]
        day = text("ReqdExctnDt" if version.endswith(".03") else "ReqdExctnDt/p:Dt")
        assert day == wall_clock().date().isoformat()
        assert bic in ("BIC", "BICFI")
    name, content = run(company, lambda s: write_order(s, SYSTEM, order_by_id(s, order), "1c"))
    lines = content.decode("cp1251").split("\r\n")
    assert (lines[0], lines[-2]) == ("1CClientBankExchange", "КонецФайла")
    assert {"Сумма=99.50", f"ПлательщикСчет={OWN}", f"ПолучательСчет={THEIRS}"} <= set(lines)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_what_cant_be_paid_makes_no_batch(company: Any, ids: dict[str, int], employ: Any) -> None:
    today = wall_clock().date()

    def make(*documents: int, day: date = today, actor: Any = SYSTEM) -> Any:
        said = {"account_id": ids["main"], "document_ids": documents, "day": day}
        return run(company, lambda s: make_order(s, actor, **said).id, actor)

    with pytest.raises(Invalid, match="Bo has no bank account"):
        make(ids["first"], ids["second"])
    with pytest.raises(Invalid, match="at least one document"):
        make()
    with pytest.raises(Invalid, match="has passed"):
        make(ids["first"], day=today - timedelta(days=1))
    with pytest.raises(Forbidden):
        make(ids["first"], actor=employ("sam", "salesperson"))
    assert len(run(company, lambda s: payable(s, "GBP"))) == 2


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_batch_is_made_and_fetched_on_pages(company: Any, app: Any, ids: dict[str, int]) -> None:
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    page = client.get("/contacts/bank/orders/new").text
    assert f'value="{ids["first"]}"' in page
    sent = {"account_id": str(ids["main"]), "day": wall_clock().date().isoformat(), "document": str(ids["first"])}
    answer = client.post("/contacts/bank/orders/new", data={**sent, "until": ""})
    assert answer.headers["Location"].endswith("/contacts/bank/orders/1")
    assert "Ada &amp; S" in client.get("/contacts/bank/orders/1").text
    file = client.get("/contacts/bank/orders/1/file?format=pain.001.001.09")
    assert file.data.startswith(b"<?xml")
    assert client.get("/contacts/bank/orders/1/file?format=xyz").status_code == 422
    assert "Main" in client.get("/contacts/bank/orders").text
