"""Templates that a company changes: tried before they are saved, in versions, held within bounds; data never become one."""

from typing import Any

import pytest
from sqlalchemy import select

from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.printing import Printing, compiling, pdf_of
from app.printing.compiling import TemplateWrong
from app.printing.own_templates import FormTemplate, own_source, save_own, use_version
from app.security import SYSTEM, Actor
from modules.trade.models import Sale
from tests.modules.printing.test_pdf import text_of

PAGE = "/admin/templates/trade.invoice_form"
OWN = '#let data = json(bytes(sys.inputs.data))\n= Bill of #data.buyer.name\n#data.at("oops", default: "#panic(1)")'


def saved(house: Any) -> list[tuple[int, bool]]:
    rows = select(FormTemplate.number, FormTemplate.is_used).order_by(FormTemplate.number)
    return [
        tuple(row) for row in house.company.database.run(lambda s: s.execute(rows).all(), actor=SYSTEM, write=False)
    ]


@pytest.mark.one_engine
def test_a_template_is_tried_saved_used_and_rolled_back(house: Any, sign_in: Any) -> None:
    admin = sign_in("admin")
    assert "trade.invoice_form" in admin.get("/admin/templates").text
    page = admin.get(PAGE).text
    assert "#banner(data, data.title" in page
    assert "data:image/png;base64," in admin.post(f"{PAGE}/preview", data={"source": OWN}).text
    wrong = OWN + "\n#nonsense()"
    assert "in line 4: unknown variable: nonsense" in admin.post(f"{PAGE}/preview", data={"source": wrong}).text
    within = OWN.replace("= Bill", "#let wrong() = nonsense()\n= Bill") + "\n#wrong()"
    assert 'data-line="2"' in admin.post(f"{PAGE}/preview", data={"source": within}).text, "where it is, not who called"
    assert "in line 4" in admin.post(PAGE, data={"source": wrong, "seen": "0"}).text
    assert saved(house) == []
    assert admin.post(PAGE, data={"source": OWN, "seen": "0"}).status_code == 302
    newest = house.company.database.run(
        lambda s: s.scalars(select(Sale.id).where(Sale.state == "posted").order_by(Sale.id.desc())).first(),
        actor=SYSTEM,
        write=False,
    )
    invoice = f"/trade/sales/{newest}?as=pdf&form=trade.invoice_form"
    assert text_of(admin.get(invoice).data).startswith("Bill of ")
    assert "#panic(1)" in text_of(admin.get(invoice).data), "what data say is text"
    assert "Somebody has saved another version" in admin.post(PAGE, data={"source": OWN, "seen": "0"}).text
    assert admin.post(PAGE, data={"source": OWN + "\nMore", "seen": "1"}).status_code == 302
    assert saved(house) == [(1, False), (2, True)]
    admin.post(f"{PAGE}/use", data={"number": "1"})
    assert saved(house) == [(1, True), (2, False)]
    admin.post(f"{PAGE}/use", data={"number": "0"})
    assert saved(house) == [(1, False), (2, False)]
    assert "Invoice S-" in text_of(admin.get(invoice).data)
    for who in ("maria", "anna"):
        assert sign_in(who).get(PAGE).status_code == 403
        assert sign_in(who).post(f"{PAGE}/preview", data={"source": OWN}).status_code == 403
    assert admin.get("/admin/templates/no.such").status_code == 404


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ('\n#read("/etc/passwd")', "file not found"),
        ('\n#read("../../../etc/passwd")', "escape the project root"),
        ('\n#import "@preview/cetz:0.3.0"', "Connection refused"),
        ("\n#let f(n) = f(n + 1)\n#f(1)", "maximum function call depth exceeded"),
        ("\n#(1 + )", "expected"),
    ],
)
def test_a_template_reaches_no_file_and_no_network(source: str, why: str) -> None:
    with pytest.raises(TemplateWrong, match=r"line [23]") as refused:
        pdf_of(Printing(source, {}))
    assert why in refused.value.why
    assert "/packages/kontor" not in refused.value.why


def test_a_template_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "OWN_SECONDS", 1)
    endless = "#let n = 1\n#while n > 0 { n = calc.rem(n, 1000) + 1 }\n"
    with pytest.raises(TemplateWrong):
        pdf_of(Printing(endless, {}))


def test_one_version_is_used_whoever_saves(company: Any, refused: Any) -> None:
    def work(session: Any) -> list[str | None]:
        save_own(session, SYSTEM, "a.b", "one", seen=0)
        save_own(session, SYSTEM, "a.b", "two", seen=1)
        two = own_source(session, "a.b")
        use_version(session, SYSTEM, "a.b", 1)
        return [two, own_source(session, "a.b")]

    assert company.database.run(work, actor=SYSTEM) == ["two", "one"]
    refused(lambda s: save_own(s, SYSTEM, "a.b", "x", seen=1), Conflict)
    refused(lambda s: save_own(s, SYSTEM, "a.b", "  "), Invalid, field="source")
    refused(lambda s: save_own(s, SYSTEM, "a.b", "x" * 60_001), Invalid, field="source")
    refused(lambda s: save_own(s, Actor(1, "x"), "a.b", "x"), Forbidden)
    refused(lambda s: use_version(s, SYSTEM, "a.b", 7), NotFound)
