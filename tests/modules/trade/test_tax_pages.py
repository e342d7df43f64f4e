"""The pages of taxes: codes are made and used, and each figure of the report leads to its documents."""

import json
from typing import Any

import pytest

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides


def sent(client: Any, address: str, **values: Any) -> Any:
    page = client.get(address).text
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    return client.post(address, data={"csrf_token": token, **values}, follow_redirects=True)


def test_codes_are_taken_changed_and_offered_on_lines(house: Any, sign_in: Any) -> None:
    anna, sofia = sign_in("anna"), sign_in("sofia")
    codes = anna.get("/trade/tax-codes").text
    token = codes.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    taken = anna.post(
        "/trade/tax-codes/preset", data={"csrf_token": token, "country": "RU"}, follow_redirects=True
    ).text
    assert "9 tax codes were added." in taken
    assert "Без НДС" in taken
    rows = anna.get("/api/v1/lists/trade.tax_code").json["rows"]
    rates = {row["name"]: row["rate"] for row in rows}
    assert (rates["НДС льготный"], rates["Без НДС"]) == ("10", None)
    made = sent(anna, "/trade/tax-codes/new", name="Local", category="S", rate="3", since="2026-01-01", is_active="y")
    assert "Saved." in made.text
    assert "How many per cent?" in sent(anna, "/trade/tax-codes/new", name="Other", category="S").text
    local = next(row for row in anna.get("/api/v1/lists/trade.tax_code").json["rows"] if row["name"] == "Local")
    address = f"/trade/tax-codes/{local['id']}"
    changed = sent(anna, address, name="Local", rate="4", since="2027-01-01", is_active="y", version="2")
    assert ">4</td>" in changed.text
    assert (
        "Set a tax" in sent(anna, "/trade/tax-defaults/new", code_id=str(local["id"])).text
    )  # of nothing: shown again
    assert "Saved." in sent(anna, "/trade/tax-settings", code_id=str(local["id"]), version="").text
    token = anna.get("/trade/items/1/item-tax").text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    for owner in ("item/987654", "contact/987654"):
        sent_to = anna.post(f"/trade/tax-of/{owner}", data={"csrf_token": token, "code_id": str(local["id"])})
        assert sent_to.status_code == 404, owner
    assert "“Local”" in anna.get("/trade/items/1/item-tax").text
    form = sofia.get("/trade/sales/new").text
    columns = json.loads(form.split('data-columns="')[1].split('"')[0].replace("&#34;", '"').replace("&amp;", "&"))
    offered = next(column for column in columns if column["name"] == "tax_code_id")["choices"]
    assert {
        "value": str(local["id"]),
        "title": "Local",
        "fills": {"tax_rate": {"2026-01-01": "3", "2027-01-01": "4"}},
    } in offered
    for path in ("/trade/taxes", "/trade/tax-codes", "/trade/tax-settings"):
        assert sofia.get(path).status_code == 403, path
    assert sign_in("maria").get("/trade/tax-settings").status_code == 403


def test_the_report_leads_to_its_documents(house: Any, sign_in: Any) -> None:
    anna = sign_in("anna")
    period = "since=2000-01-01&until=2100-01-01"
    page = anna.get(f"/trade/taxes?{period}").text
    assert "To pay:" in page or "To get back:" in page
    rows = anna.get(f"/api/v1/lists/trade.tax?{period}").json["rows"]
    assert rows
    for row in rows:
        figure = f"direction={row['direction']}&category={row['category'] or '-'}&rate={row['rate']}&{period}"
        assert anna.get(f"/trade/taxes/documents?{figure}").status_code == 200
        assert anna.get(f"/api/v1/lists/trade.tax_document?{figure}&limit=500").json["rows"]
    assert anna.get(f"/trade/taxes?{period}&as=xlsx").status_code == 200
    assert anna.get("/trade/taxes/documents?direction=x%00").status_code == 422
    assert anna.get("/trade/taxes?since=nonsense").status_code == 422
    assert "first day is after the last" in anna.get("/trade/taxes?since=2026-02-01&until=2026-01-01").text
