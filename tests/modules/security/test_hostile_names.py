"""What people type is shown as they typed it: neither markup, nor a text to translate, nor a format, on any page."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import String, inspect, text

from app.security import SYSTEM
from app.setup import set_edition

#: In another's page it would ask for a token in their name; as a format it is an error.
NAME = "<i hx-post=/account/tokens hx-trigger=load>50% off %(x)s {0} {{7*7}}</i>"
#: What is typed, of all columns that hold text; the others hold words of the program.
TYPED = re.compile(
    r"name|legal_name|code|note|phone|email|address|tax_id|bank_account|registration_number|contact_person"
    r"|identity_document|title|text|offered|barcode|number|summary|actor|login|agent"
)
#: Columns with such a name whose words are the program's own.
OURS = {
    "core_module.name",
    "core_schedule.name",
    "core_grant.name",
    "core_offered.name",
    "core_backup.name",
    "core_login.address",
}
ENDING = ("/logout", "/static", "/healthz")


@pytest.fixture
def renamed(house: Any, sign_in: Any) -> Any:
    """An administrator of the sample company, in which every name that somebody may type has become a hostile one."""
    company, admin = house.company, sign_in("admin")

    def rename(session: Any) -> int:
        connection = session.connection()
        tables, count = inspect(connection), 0
        for table in tables.get_table_names():
            for column in tables.get_columns(table):
                named = f"{table}.{column['name']}"
                if isinstance(column["type"], String) and TYPED.fullmatch(column["name"]) and named not in OURS:
                    query = f"UPDATE {table} SET {column['name']} = :name || rowid WHERE {column['name']} IS NOT NULL"
                    count += connection.execute(text(query), {"name": NAME}).rowcount > 0
        return count

    company.database.run(lambda s: set_edition(s, SYSTEM, company, "enterprise"), actor=SYSTEM)
    assert admin.post("/admin/roles/new", data={"name": "assistant"}).status_code == 302
    assert company.database.run(rename, actor=SYSTEM) > 20
    return admin


def crawled(client: Any, most: int) -> Iterator[tuple[str, Any]]:
    """Every page that links lead to from the home page: at most so many of one shape, without numbers and questions."""
    waiting, seen, shapes = ["/"], {"/"}, {}
    while waiting:
        address = waiting.pop(0)
        answer = client.get(address)
        yield address, answer
        if answer.mimetype != "text/html":
            continue
        for link in re.findall(r'(?:href|hx-get|action)="(/[^"#]*)"', answer.text):
            link = link.replace("&amp;", "&")
            shape = re.sub(r"\d+|\?.*", "", link)
            if link not in seen and not link.startswith(ENDING) and shapes.get(shape, 0) < most:
                seen.add(link)
                shapes[shape] = shapes.get(shape, 0) + 1
                waiting.append(link)


@pytest.mark.parametrize("house_url", ["sqlite"], indirect=True)  # what a page makes of a name is the same on both
def test_no_name_is_markup_or_a_format_on_any_page(renamed: Any) -> None:
    pages = 0
    for address, answer in crawled(renamed, most=1):
        assert answer.status_code < 500, address
        if answer.mimetype == "text/html":
            assert "<i hx-post" not in answer.text, address
            pages += "&lt;i hx-post" in answer.text
    assert pages > 40
