"""Sales figures by any two of what they can be by, beside a naive sum over what was sold."""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from html import unescape
from typing import Any

import pytest

from app.documents import post, save
from app.security import SYSTEM
from modules.contacts.folders import add_folder
from modules.contacts.operations import create_contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale, SalesReturn
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Opening, Place
from modules.warehouse.operations import create_group, create_item
from modules.warehouse.warehouses import create_place
from tests.statements import counted


@dataclass(frozen=True)
class Sold:
    """A line of a sale, or of a return where `quantity` is below zero, as a person would write it down."""

    item: str
    contact: str
    warehouse: str
    responsible: str
    day: date
    quantity: int
    price: int


#: pieces cost 6 in the one warehouse and 8 in the other, work nothing
LINES = [
    Sold("HAMMER", "Adler", "Main", "Sam", date(2025, 2, 3), 4, 10),
    Sold("HAMMER", "Brandt", "Main", "Sofia", date(2025, 3, 31), 2, 11),
    Sold("NAIL", "Adler", "Shop", "Sofia", date(2026, 1, 1), 10, 9),
    Sold("WORK", "Adler", "Main", "Sofia", date(2026, 1, 5), 3, 40),
    Sold("HAMMER", "Adler", "Shop", "Sam", date(2026, 2, 28), 1, 12),
    Sold("NAIL", "Brandt", "Main", "Sam", date(2026, 3, 1), 5, 9),
    Sold("HAMMER", "Adler", "Main", "Sam", date(2026, 3, 2), -2, 10),
    Sold("LOOSE", "Brandt", "Main", "Sofia", date(2026, 3, 31), 7, 10),
    Sold("NAIL", "Adler", "Main", "Sam", date(2026, 4, 1), 6, 5),
]
COSTS = {"Main": 6, "Shop": 8}
GROUPS = {"HAMMER": "Tools", "NAIL": "Iron", "WORK": None, "LOOSE": "Iron"}
FOLDERS = {"Adler": "Berlin", "Brandt": None}
UNITS = {"HAMMER": "C62", "NAIL": "KGM", "WORK": "HUR", "LOOSE": "KGM"}


def cost(line: Sold) -> int:
    return 0 if line.item == "WORK" else line.quantity * COSTS[line.warehouse]


@pytest.fixture
def sold(company: Any, employ: Callable[..., Any]) -> dict[str, int]:
    """`LINES` are in the books, of Adler as Sam's customer; name → number."""
    people = {"Sam": employ("sam", "salesperson").user_id, "Sofia": employ("sofia", "salesperson").user_id}

    def work(session: Any) -> dict[str, int]:
        places = {"Main": FIRST_WAREHOUSE, "Shop": create_place(session, SYSTEM, code="SHOP", name="Shop").id}
        session.get_one(Place, FIRST_WAREHOUSE).name = "Main"
        tools = create_group(session, SYSTEM, name="Tools").id
        iron = create_group(session, SYSTEM, name="Iron", parent_id=tools).id
        groups = {"Tools": tools, "Iron": iron, None: None}
        items = {
            code: create_item(
                session,
                SYSTEM,
                code=code,
                name=code.title(),
                kind="service" if code == "WORK" else "goods",
                unit=UNITS[code],
                group_id=groups[group],
            ).id
            for code, group in GROUPS.items()
        }
        folder = add_folder(session, SYSTEM, name="Berlin").id
        contacts = {
            name: create_contact(
                session,
                SYSTEM,
                kind="legal_entity",
                name=name,
                folder_id=folder if within else None,
                responsible_id=people["Sam"] if name == "Adler" else None,
            ).id
            for name, within in FOLDERS.items()
        }
        for name, place in places.items():
            lines = [MovementLineDraft(items[c], Decimal(99), Decimal(COSTS[name])) for c in GROUPS if c != "WORK"]
            draft = MovementDraft(lines, target_id=place, moment=datetime(2025, 1, 1))
            post(session, SYSTEM, [save(session, SYSTEM, Opening, draft)])
        for line in LINES:
            kind = Sale if line.quantity > 0 else SalesReturn
            drawn = TradeLineDraft(items[line.item], Decimal(abs(line.quantity)), Decimal(line.price))
            draft = TradeDraft(
                contacts[line.contact],
                [drawn],
                place_id=places[line.warehouse],
                moment=datetime.combine(line.day, datetime.min.time()).replace(hour=23),
                responsible_id=people[line.responsible],
            )
            post(session, SYSTEM, [save(session, SYSTEM, kind, draft)])
        return {"Tools": tools, "Iron": iron, "Berlin": folder, **items, **contacts, **people, **places}

    numbers: dict[str, int] = company.database.run(work, actor=SYSTEM)
    return numbers


#: what rows are by → what a line says of it, as the API does
SAID: dict[str, Callable[[Sold], Any]] = {
    "item": lambda line: line.item.title(),
    "contact": lambda line: line.contact,
    "warehouse": lambda line: line.warehouse,
    "responsible": lambda line: line.responsible,
    # of the tree, the top: what lies in Iron is in Tools, too
    "group": lambda line: "Tools" if GROUPS[line.item] else None,
    "folder": lambda line: FOLDERS[line.contact],
    "day": lambda line: str(line.day),
    "week": lambda line: str(date.fromordinal((line.day.toordinal() - 1) // 7 * 7 + 1)),
    "month": lambda line: str(line.day.replace(day=1)),
    "quarter": lambda line: str(date(line.day.year, (line.day.month - 1) // 3 * 3 + 1, 1)),
    "year": lambda line: str(line.day.replace(month=1, day=1)),
}
PERIODS = ("day", "week", "month", "quarter", "year")


def by_hand(lines: list[Sold], by: tuple[str, ...]) -> dict[tuple[Any, ...], tuple[int, int]]:
    sums: dict[tuple[Any, ...], list[Sold]] = defaultdict(list)
    for line in lines:
        sums[tuple(SAID[name](line) for name in by)].append(line)
    return {
        key: (sum(line.quantity * line.price for line in some), sum(cost(line) for line in some))
        for key, some in sums.items()
    }


@pytest.fixture
def admin(app: Any) -> Any:
    return browser_of(app, "admin", "correct horse")


def browser_of(app: Any, login: str, password: str) -> Any:
    browser = app.test_client()
    browser.post("/login", data={"login": login, "password": password})
    return browser


def rows(browser: Any, **asked: Any) -> list[dict[str, Any]]:
    answer = browser.get("/api/v1/lists/trade.result", query_string={"limit": 500, **asked})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json["rows"]
    return found


@pytest.mark.usefixtures("sold")
def test_figures_are_what_was_sold_by_whatever_they_are(admin: Any) -> None:
    """Every two of what figures can be by, of some days that begin and end within months."""
    since, until = date(2025, 3, 30), date(2026, 3, 31)
    lines = [line for line in LINES if since <= line.day <= until]
    for first in SAID:
        for second in ("alone", *SAID):
            if first == second or (first in PERIODS and second in PERIODS):
                continue
            by = (first,) if second == "alone" else (first, second)
            found = rows(admin, by=first, then=second, since=since, until=until)
            sums = {tuple(r[n] for n in by): (int(Decimal(r["revenue"])), int(Decimal(r["cost"]))) for r in found}
            assert sums == by_hand(lines, by), by
            assert len(found) == len(sums)


@pytest.mark.usefixtures("sold")
def test_figures_stand_beside_those_of_an_earlier_period(admin: Any) -> None:
    quarter = {"since": "2026-01-01", "until": "2026-03-31"}
    by_item = {r["item"]: r for r in rows(admin, by="item", then="alone", earlier="year", **quarter)}
    hammer, nail, loose = by_item["Hammer"], by_item["Nail"], by_item["Loose"]
    assert (hammer["revenue"], hammer["revenue_before"], hammer["more"], hammer["change"]) == (
        "-8",
        "62",
        "-70",
        "-112.9",
    )
    assert (nail["revenue_before"], nail["more"], nail["change"]) == ("0", "135", None)
    assert (loose["margin"], loose["rate"], loose["margin_before"]) == ("28", "40", "0")
    assert (hammer["margin"], hammer["rate"], hammer["margin_before"]) == ("-4", "50", "26")
    page = admin.get("/trade/results?by=item&then=alone&since=2026-01-01&until=2026-03-31").text
    assert ">40.0<" in page, "all percentages have a tenth, so that they stand in a column"
    months = {r["month"]: r for r in rows(admin, by="month", then="alone", earlier="before", **quarter)}
    assert [(m, r["revenue"], r["revenue_before"]) for m, r in sorted(months.items())] == [
        ("2026-01-01", "210", "0"),
        ("2026-02-01", "12", "210"),
        ("2026-03-01", "95", "12"),
    ]
    # a day of the year before is the same day of the week: 364 days
    days = rows(admin, by="day", then="alone", earlier="year", since="2026-03-30", until="2026-03-31")
    assert [(r["day"], r["revenue"], r["revenue_before"]) for r in days] == [
        ("2026-03-31", "70", "0"),
        ("2026-03-30", "0", "22"),
    ]


def test_quantities_are_summed_where_they_are_in_one_unit(sold: dict[str, int], admin: Any) -> None:
    year = {"since": "2026-01-01", "until": "2026-12-31"}
    within = rows(admin, by="group", then="alone", group=sold["Tools"], **year)
    assert {(r["group"], r["quantity"], r["unit"]) for r in within} == {("Iron", "28", "kg"), ("Tools", "-1", "pc")}
    assert [(r["quantity"], r["unit"]) for r in rows(admin, by="year", then="alone", **year)] == [(None, None)]


def test_a_tree_leads_down_to_what_lies_at_its_end(sold: dict[str, int], admin: Any) -> None:
    def onward(by: str, **said: Any) -> list[dict[str, str]]:
        page = admin.get("/trade/results", query_string={"by": by, "then": "month", **said}).text
        found = re.findall(r'headline[^>]*><a href="/trade/results\?([^"]*)"', page)
        return [dict(part.split("=") for part in unescape(each).split("&")) for each in found]

    year = {"since": "2026-01-01", "until": "2026-12-31"}
    (down,) = {tuple(sorted(each.items())) for each in onward("group", **year)}
    assert dict(down) == {**year, "by": "group", "then": "alone", "group": str(sold["Tools"])}
    (end,) = {tuple(sorted(each.items())) for each in onward("group", group=sold["Tools"], **year)}
    assert dict(end) == {**year, "by": "item", "then": "alone", "group": str(sold["Iron"])}


def test_figures_are_narrowed_and_lead_to_the_documents_that_they_are_made_of(sold: dict[str, int], admin: Any) -> None:
    page = admin.get("/trade/results?by=group&then=month&since=2026-01-01&until=2026-03-15").text
    found = {}
    for address in re.findall(r'href="(/trade/results/documents\?[^"]*group=[^"]*)"', page):
        said = dict(part.split("=") for part in address.partition("?")[2].replace("&amp;", "&").split("&"))
        documents = admin.get("/api/v1/lists/trade.result_document", query_string=said).json["rows"]
        found[said["group"], said["since"], said["until"]] = [Decimal(r["revenue"]) for r in documents]
    assert found == {
        ("0", "2026-01-01", "2026-01-31"): [120],
        (str(sold["Tools"]), "2026-01-01", "2026-01-31"): [90],
        (str(sold["Tools"]), "2026-02-01", "2026-02-28"): [12],
        (str(sold["Tools"]), "2026-03-01", "2026-03-15"): [-20, 45],
    }
    narrowed = {"since": "2026-01-01", "until": "2026-12-31"}
    for name, number, wanted in (
        ("item", sold["NAIL"], 90 + 45 + 30),
        ("group", sold["Iron"], 90 + 45 + 70 + 30),
        ("contact", sold["Brandt"], 45 + 70),
        ("folder", sold["Berlin"], 90 + 120 + 12 - 20 + 30),
        ("folder", 0, 45 + 70),
        ("responsible", sold["Sofia"], 90 + 120 + 70),
        ("warehouse", sold["Shop"], 90 + 12),
    ):
        for by in ("year", "week", "item"):
            some = rows(admin, by=by, then="alone", **narrowed, **{name: number})
            assert sum(Decimal(r["revenue"]) for r in some) == wanted, (name, by)
        documents = admin.get("/api/v1/lists/trade.result_document", query_string={**narrowed, name: number}).json
        assert sum(Decimal(r["revenue"]) for r in documents["rows"]) == wanted, name


def test_a_document_of_the_figures_is_found_by_its_number(sold: dict[str, int], admin: Any) -> None:
    def found(text: str) -> list[str]:
        said = {"since": "2026-01-01", "until": "2026-12-31", "q": text}
        return [
            row["number"] for row in admin.get("/api/v1/lists/trade.result_document", query_string=said).json["rows"]
        ]

    every = found("")
    assert found(every[0].lower()) == [every[0]]
    assert found("S-999999") == []


def test_a_salesperson_sees_figures_of_the_own_customers_and_no_cost(sold: dict[str, int], app: Any) -> None:
    sam = browser_of(app, "sam", "sam-sample")
    own = [line for line in LINES if line.contact == "Adler" and line.day.year == 2026]
    for by in SAID:
        found = rows(sam, by=by, then="alone", since="2026-01-01", until="2026-12-31", earlier="before")
        sums = {r[by]: int(Decimal(r["revenue"])) for r in found if Decimal(r["revenue"])}
        assert sums == {key[0]: revenue for key, (revenue, _) in by_hand(own, (by,)).items() if revenue}, by
        assert {"cost", "margin", "rate", "margin_before"}.isdisjoint(found[0])
    chart = sam.get("/trade/results/chart?by=month&since=2026-01-01&until=2026-04-30").json
    assert chart == {
        "labels": ["January 2026", "February 2026", "March 2026", "April 2026"],
        "series": [{"name": "Revenue", "values": ["210.0000", "12.0000", "-20.0000", "30.0000"]}],
        "is_period": True,
    }
    page = sam.get("/trade/results?by=month&then=alone&since=2026-01-01")
    assert page.status_code == 200
    assert "Margin" not in page.text
    assert sam.get(f"/trade/results/documents?contact={sold['Brandt']}").status_code == 200
    assert "Brandt" not in sam.get(f"/trade/results/documents?contact={sold['Brandt']}").text


@pytest.mark.one_engine
@pytest.mark.usefixtures("sold")
def test_what_nobody_can_ask_is_refused_in_words(admin: Any) -> None:
    for asked in ("by=month&then=day", "by=colour", "earlier=never", "item=x", "group=-1", f"warehouse={2**63}"):
        answer = admin.get(f"/trade/results?{asked}")
        assert answer.status_code == 422, asked
        assert admin.get(f"/trade/results/chart?{asked}").status_code == 422
    assert admin.get("/trade/results?item=9223372036854775807").status_code == 200
    first = admin.get("/trade/results?by=warehouse").text
    assert "Of this year, as no first day was chosen" in first
    assert "Of this year" not in admin.get("/trade/results?by=month").text
    total = admin.get("/trade/results?by=year&then=alone&since=2026-01-01&totals=1").text
    assert re.findall(r"<div>([^<]*)</div>", total) == ["347.00", "184.00", "163.00", "47.0"]


@pytest.mark.one_engine
@pytest.mark.usefixtures("sold")
def test_the_figures_are_one_statement_whatever_they_are_by(company: Any) -> None:
    from app.web.kit.tables import Query, fetch
    from modules.trade.reports import results

    asked = (
        {},
        {"by": "month", "then": "group", "since": "2026-01-01", "earlier": "year"},
        {"by": "day", "then": "responsible", "since": "2026-01-01", "earlier": "before", "folder": "0"},
    )
    with company.database.session(SYSTEM) as session:
        for said in asked:
            results.asked(session, said)  # what organisation it is, and what is remembered of it
            with counted(session) as statements:
                fetch(session, results.asked(session, said), Query())
            assert len([s for s in statements if s != "BEGIN"]) == 1, (said, statements)


def test_a_sale_says_what_was_earned_by_it_and_by_each_line_to_whoever_sees_costs(
    sold: dict[str, int], company: Any, app: Any, admin: Any
) -> None:
    """A sale of two lines, of which the goods come to cost more later."""

    def work(session: Any) -> tuple[int, int]:
        drawn = [TradeLineDraft(sold[code], Decimal(2), Decimal(price)) for code, price in (("NAIL", 10), ("WORK", 30))]
        draft = TradeDraft(sold["Adler"], drawn, moment=datetime(2026, 5, 1), responsible_id=sold["Sam"])
        sale = save(session, SYSTEM, Sale, draft)
        post(session, SYSTEM, [sale])
        return sale.id, save(session, SYSTEM, Sale, draft).id

    number, unposted = company.database.run(work, actor=SYSTEM)
    page = admin.get(f"/trade/sales/{number}").text
    panel = page.partition('<section class="card pad mt-3" aria-label="Margin">')[2].partition("</section>")[0]
    assert re.findall(r"<dd>(?:<a [^>]*>)?([^<]*)<", panel) == ["80.00", "12.00", "68.00", "85"]
    address = re.findall(r'href="([^"]*)"', panel)[0]
    lines = admin.get(address).text
    assert re.findall(r'class="num kind-(?:money|quantity)">([^<]*)<', lines) == [
        *("2", "20.00", "12.00", "8.00", "40.0"),
        *("2", "60.00", "0.00", "60.00", "100.0"),
    ]
    sam = browser_of(app, "sam", "sam-sample")
    assert 'aria-label="Margin"' not in sam.get(f"/trade/sales/{number}").text
    assert re.findall(r'class="num kind-money">([^<]*)<', sam.get(address).text) == ["20.00", "60.00"]
    assert 'aria-label="Margin"' not in admin.get(f"/trade/sales/{unposted}").text
    assert admin.get(address.replace(str(number), str(unposted))).status_code == 404
