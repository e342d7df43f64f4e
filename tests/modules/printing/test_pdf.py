"""What is printed: set in a process of its own, from data that never become part of a template."""

import io
import re
from contextlib import ExitStack
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import select, update

from app.documents import Fact, Paper, PaperColumn, Total
from app.errors import Conflict, Invalid
from app.printing import MOST_LINES, Printing, compiling, paper_pdf, pdf_of
from app.reference import Organisation
from app.security import MASKED, SYSTEM
from modules.contacts.models import Payment
from modules.trade.models import Sale

HOSTILE = '#panic("x") *b* _i_ $x$ \\ #import "a" <a> @b [c] ` Ёлка Đường ₫ ₽ − •••'
_FRAME = {
    "organisation": "Kontor",
    "tax_id": "",
    "tax_id_title": "",
    "letterhead": [],
    "language": "en",
    "page_words": ["", "/", ""],
    "state": "",
    "attached": None,
    "totals": [],
    "facts": [],
}


def text_of(pdf: bytes) -> str:
    """All text of a PDF, one blank between words."""
    document = pypdfium2.PdfDocument(pdf)
    texts = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    return " ".join(" ".join(texts).split())


def test_what_is_printed_is_text_and_never_markup(house: Any, ask: Any) -> None:
    paper = Paper(
        facts=(Fact(HOSTILE, HOSTILE), Fact("Secret", MASKED, "money")),
        columns=(PaperColumn("item", HOSTILE), PaperColumn("amount", "Amount", "money")),
        lines=[{"item": HOSTILE, "amount": D("1234.5")}, {"item": "none", "amount": None}],
        totals=(Total(HOSTILE, D("1234.5"), is_grand=True),),
        currency="EUR",
    )
    with house.test_request_context():
        pdf = ask(None, lambda session: paper_pdf(session, HOSTILE, paper))
    assert text_of(pdf).count(HOSTILE) == 6
    assert "1,234.50" in text_of(pdf)
    assert pypdfium2.PdfDocument(pdf).get_metadata_dict()["Title"] == HOSTILE


def test_more_lines_than_a_pdf_takes_are_refused_before_anything_is_set() -> None:
    with pytest.raises(Invalid, match="5001 lines"):
        pdf_of(Printing(Path("nowhere.typ"), {}, MOST_LINES + 1))


def test_what_can_not_be_set_says_so_and_leaves_the_way_free(tmp_path: Path) -> None:
    """More failures than may be set at once: each gives its place back."""
    broken = tmp_path / "broken.typ"
    broken.write_text('#panic("no")')
    for _ in range(3):
        with pytest.raises(compiling.NotPrinted):
            pdf_of(Printing(broken, {}))


def test_a_template_that_never_ends_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = tmp_path / "endless.typ"
    endless.write_text("#let f(n) = { for i in range(1000000000) { let x = i } }\n#f(1)")
    monkeypatch.setattr(compiling, "TIME", 1)
    with pytest.raises(compiling.NotPrinted):
        pdf_of(Printing(endless, {}))


def test_who_comes_while_all_places_are_taken_is_asked_to_come_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiling, "PATIENCE", 0.01)
    with ExitStack() as taken:
        for _ in range(2):
            taken.enter_context(compiling._SETTERS)
        with pytest.raises(Conflict):
            pdf_of(Printing(tmp_path / "any.typ", {}))


def test_many_lines_repeat_their_titles_on_each_page() -> None:
    columns = [{"title": "Wherefore", "is_text": True}]
    data = {**_FRAME, "title": "Long", "columns": columns, "lines": [[f"line {i}"] for i in range(200)]}
    pdf = pdf_of(Printing(compiling.TEMPLATES / "paper.typ", data, 200))
    pages = len(pypdfium2.PdfDocument(pdf))
    assert pages > 2
    assert text_of(pdf).count("Wherefore") == pages
    assert f"{pages}/{pages}" in text_of(pdf)


def test_a_document_is_a_pdf_in_the_language_that_is_asked_for(sign_in: Any, ask: Any) -> None:
    sale = ask(None, lambda s: s.scalars(select(Sale).where(Sale.state == "posted")).first())
    address = f"/trade/sales/{sale.id}"
    client = sign_in("admin")
    assert 'href="?as=pdf"' in client.get(address).text
    for language, title in (("en", "Sale"), ("ru", "Продажа"), ("vi", "Đơn bán")):
        answer = client.get(f"{address}?as=pdf&language={language}")
        assert answer.mimetype == "application/pdf"
        text = text_of(answer.data)
        assert re.search(rf"{title} {sale.number}", text), text[:200]
    assert client.get(f"{address}?as=pdf&language=xx").status_code == 404
    # Another print of it, without prices.
    note = text_of(client.get(f"{address}?as=pdf&print=trade.delivery_note").data)
    assert "Delivery note" in note
    assert "Price" not in note


def test_a_pdf_shows_as_little_as_the_page(sign_in: Any, ask: Any) -> None:
    """Costs are closed to the salesperson; another's sale isn't found at all."""
    sale = ask("sam", lambda s: s.scalars(select(Sale).where(Sale.state == "posted")).first())
    others = ask(
        None, lambda s: s.scalars(select(Sale.id).where(Sale.responsible_id != sale.responsible_id).limit(500)).all()
    )
    hidden = next(i for i in others if ask("sam", lambda s, i=i: s.get(Sale, i)) is None)
    assert sign_in("sam").get(f"/trade/sales/{sale.id}?as=pdf").status_code == 200
    assert sign_in("sam").get(f"/trade/sales/{hidden}?as=pdf").status_code == 404


def test_payments_in_cash_have_vouchers_and_russian_companies_their_forms(house: Any, sign_in: Any, ask: Any) -> None:
    def one(method: str, direction: str) -> Any:
        found = select(Payment).where(
            Payment.method == method, Payment.direction == direction, Payment.state == "posted"
        )
        return ask(None, lambda s: s.scalars(found).first())

    cash, bank, client = one("cash", "in"), one("bank", "in"), sign_in("admin")
    page = client.get(f"/contacts/payments/{cash.id}").text
    assert "form=contacts.cash_voucher" in page
    assert "contacts.ko1" not in page
    assert client.get(f"/contacts/payments/{bank.id}?as=pdf&form=contacts.cash_voucher").status_code == 404
    text = text_of(client.get(f"/contacts/payments/{cash.id}?as=pdf&form=contacts.cash_voucher").data)
    assert f"Cash receipt voucher {cash.number}" in text
    assert cash.summary in text
    of_russia = {"country": "RU", "letterhead": "Nevsky 1\n+7 812 000-00-00"}
    house.company.database.run(lambda s: s.execute(update(Organisation).values(**of_russia)), actor=SYSTEM)
    page = client.get(f"/contacts/payments/{cash.id}").text
    assert "form=contacts.ko1" in page
    assert "form=contacts.ko2" not in page
    text = text_of(client.get(f"/contacts/payments/{cash.id}?as=pdf&form=contacts.ko1").data)
    assert "ПРИХОДНЫЙ КАССОВЫЙ ОРДЕР" in text
    assert text.count(cash.number) == 2
    assert "Nevsky 1" in text_of(client.get(f"/contacts/payments/{cash.id}?as=pdf").data)


def test_a_statement_is_a_pdf_with_its_turnover(sign_in: Any, ask: Any) -> None:
    contact = ask(None, lambda s: s.scalars(select(Payment.contact_id)).first())
    address = f"/contacts/{contact}/statement?since=1990-01-01"
    sheet = sign_in("admin").get(f"{address}&as=pdf&language=ru")
    text = text_of(sheet.data)
    assert "Выписка по взаиморасчётам" in text
    assert "Обороты" in text
    assert sign_in("steve").get(f"{address}&as=pdf").status_code == 403
    assert io.BytesIO(sheet.data).read(4) == b"%PDF"
