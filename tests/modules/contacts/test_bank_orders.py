"""Suppliers paid in one batch: proposed by due date, written for the bank, and known again in its statement."""

import io
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
from modules.contacts.bank.statement import BadFile, Line, Statement
from modules.contacts.bank_answers import take_answer, void_orders
from modules.contacts.bank_lines import confirm_sure, statement_by_id
from modules.contacts.bank_orders import batch_of, make_order, order_by_id, payable, write_order
from modules.contacts.bank_statements import keep_statements
from modules.contacts.money.accounts import save_account
from modules.contacts.operations import create_contact, record_payment
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


def test_what_was_paid_ahead_is_not_proposed(company: Any, ids: dict[str, int]) -> None:
    def ahead(session: Any) -> Any:
        customer = create_contact(session, SYSTEM, kind="legal_entity", name="Ahead Ltd").id
        said = {"contact_id": customer, "direction": "in", "amount": D(90), "account_id": ids["main"]}
        return record_payment(session, SYSTEM, **said).id

    payment = run(company, ahead)
    assert payment not in run(company, lambda s: [each.document.document_id for each in payable(s, "GBP")])


def test_what_is_due_is_proposed_paid_once_and_matched_by_the_statement(company: Any, ids: dict[str, int]) -> None:
    due = run(company, lambda s: [each.document.document_id for each in payable(s, "GBP")])
    assert due == [ids["first"], ids["second"]]
    assert run(company, lambda s: payable(s, "GBP", date(2026, 1, 1))) == []
    order = made(company, ids)
    assert run(company, lambda s: [each.document.document_id for each in payable(s, "GBP")]) == [ids["second"]]
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


def pain002(message: str, *orders: str, group: str = "PART", version: str = "pain.002.001.10") -> bytes:
    """An answer as banks send it: elements after the message definition report of ISO 20022, payments initiation."""
    return f"""<?xml version="1.0"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{version}"><CstmrPmtStsRpt>
<GrpHdr><MsgId>B-1</MsgId><CreDtTm>2026-03-02T10:00:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>{message}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><GrpSts>{group}</GrpSts>
</OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>{message}</OrgnlPmtInfId>{"".join(orders)}</OrgnlPmtInfAndSts>
</CstmrPmtStsRpt></Document>""".encode()


def order_said(reference: str, status: str, reason: str = "") -> str:
    why = f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn><AddtlInf>IBAN check failed</AddtlInf></StsRsnInf>" if reason else ""
    return f"<TxInfAndSts><OrgnlEndToEndId>{reference}</OrgnlEndToEndId><TxSts>{status}</TxSts>{why}</TxInfAndSts>"


def test_what_the_bank_rejects_is_said_in_words_and_can_be_paid_again(company: Any, ids: dict[str, int]) -> None:
    number = made(company, ids)
    message, reference = f"KONTOR-{number}", f"{number}0001"

    def line() -> Any:
        return run(company, lambda s: next((x.state, x.reason) for x in order_by_id(s, number).lines))

    def due() -> list[int]:
        found: list[int] = run(company, lambda s: [each.document.document_id for each in payable(s, "GBP")])
        return found

    def take(content: bytes) -> dict[str, int]:
        return dict(run(company, lambda s: take_answer(s, SYSTEM, content)[1]))

    assert due() == [ids["second"]]
    for content, error, words in (
        (b"<Document/>", BadFile, "isn't a bank's answer"),
        (b"nothing", BadFile, "XML is broken"),
        (pain002("OTHER-7"), Invalid, "a batch of ours"),
        (pain002(message, order_said("77", "RJCT")), Invalid, "isn't in that batch"),
        (pain002("").replace(b"<OrgnlMsgId></OrgnlMsgId>", b""), BadFile, "which payment orders"),
    ):
        with pytest.raises(error, match=words):
            take(content)
    assert line() == ("waiting", "")
    assert take(pain002(message, order_said(reference, "PDNG"))) == {}
    assert take(pain002(message, group="ACTC", version="pain.002.001.03")) == {"accepted": 1}
    with pytest.raises(Conflict, match="the bank has accepted it"):
        run(company, lambda s: void(s, number, "late"))
    rejected = pain002(message, order_said(reference, "RJCT", "AC01"))
    assert take(rejected) == {"rejected": 1}
    assert take(rejected) == {}
    assert line() == ("rejected", "the account number is wrong (AC01); IBAN check failed")
    assert sorted(due()) == sorted([ids["first"], ids["second"]])
    with pytest.raises(Conflict, match="rejected or voided"):
        run(company, lambda s: void(s, number, "late"))
    with pytest.raises(Invalid, match="at least one document"):
        run(company, lambda s: write_order(s, SYSTEM, order_by_id(s, number), "1c"))
    assert made(company, ids) > number


def void(session: Any, number: int, reason: str) -> None:
    order = order_by_id(session, number)
    void_orders(session, SYSTEM, order, [line.id for line in order.lines], reason=reason)


@pytest.mark.one_engine  # no engine decides
def test_an_order_is_voided_before_the_bank_answers(company: Any, app: Any, ids: dict[str, int]) -> None:
    number = made(company, ids)
    with pytest.raises(Invalid, match="Say why"):
        run(company, lambda s: void(s, number, " "))
    with pytest.raises(Invalid, match="at least one order"):
        run(company, lambda s: void_orders(s, SYSTEM, order_by_id(s, number), [], reason="x"))
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    address = f"/contacts/bank/orders/{number}"
    line = run(company, lambda s: order_by_id(s, number).lines[0].id)
    browser.post(f"{address}/void", data={"line": str(line), "reason": "paid twice"})
    page = browser.get(address).text
    assert "paid twice" in page
    assert "voided" in page
    assert run(company, lambda s: len(payable(s, "GBP"))) == 2
    sent = {"file": (io.BytesIO(pain002(f"KONTOR-{number}", group="RJCT")), "answer.xml")}
    assert browser.post("/contacts/bank/orders/answer", data=sent).status_code == 302
    assert run(company, lambda s: order_by_id(s, number).lines[0].reason) == "paid twice"
    sent = {"file": (io.BytesIO(pain002(f"KONTOR-{number}", group="ACSC")), "answer.xml")}
    browser.post("/contacts/bank/orders/answer", data=sent)
    assert run(company, lambda s: order_by_id(s, number).lines[0].state) == "accepted", "the bank pays it all the same"
    wrong = browser.post("/contacts/bank/orders/answer", data={"file": (io.BytesIO(b"x"), "answer.xml")})
    assert "XML is broken" in wrong.text
