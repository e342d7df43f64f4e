"""The import page and the command take the same files, whatever script their names are in, and the same choices."""

import io
from pathlib import Path
from typing import Any

import pytest
from flask import url_for
from sqlalchemy import select

from app.importing import ENDINGS, targets
from app.jobs.models import Job
from app.security import SYSTEM
from modules.contacts.models import Contact
from modules.warehouse.models import Item
from tests.commands import teller
from tests.modules.importing.workbooks import ods, table, xlsx

pytestmark = pytest.mark.one_engine  # how files are read: no engine decides

CARD = b"BEGIN:VCARD\nVERSION:4.0\nUID:card-1\nFN:Ann Card\nEND:VCARD\n"


@pytest.fixture
def upload(house: Any, sign_in: Any) -> Any:
    """Bring files in by the page: dry run and import; gives the page of the first job, or the form that refuses them."""

    def send(files: list[tuple[bytes, str]], what: str = "warehouse.items|", **choices: str) -> str:
        admin = sign_in("admin")
        data = {"what": what, "files": [(io.BytesIO(content), name) for content, name in files], **choices}
        answer = admin.post("/admin/import", data=data, content_type="multipart/form-data")
        if "Location" not in answer.headers:
            return str(answer.text)
        house.extensions["kontor.jobs"].run_waiting()
        tried = admin.get(answer.headers["Location"])
        admin.post(f"/admin/import/{answer.headers['Location'].rpartition('/')[2]}/run")
        house.extensions["kontor.jobs"].run_waiting()
        return str(tried.text)

    return send


def named(house: Any, model: Any, code: str) -> str | None:
    """The name of the record with a code."""
    query = select(model.name).where(model.code == code)
    return house.company.database.run(lambda s: s.scalar(query), actor=SYSTEM, write=False)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "name", ["Номенклатура.xlsx", "Bảng giá tháng 5.XLSM", "价格.ods", "a/../../b.csv", ".tsv", "x.txt"]
)
def test_the_page_takes_files_of_every_format_and_name(house: Any, upload: Any, tmp_path: Path, name: str) -> None:
    code = f"U-{len(name)}"
    ending = name.rpartition(".")[2].lower()
    if ending in ("xlsx", "xlsm"):
        content = xlsx(tmp_path / "a.xlsx", [["code", "name"], [code, name]]).read_bytes()
    elif ending == "ods":
        content = ods(tmp_path / "a.ods", table("code|name", f"{code}|{name}")).read_bytes()
    else:
        content = f"code,name\n{code},{name}\n".encode()
    upload([(content, name)])
    assert named(house, Item, code) == name


def test_names_that_are_alike_and_long_ones_are_kept_apart(house: Any, upload: Any) -> None:
    long = "Ж" * 300 + ".csv"
    text = upload(
        [(b"code,name\nL-1,One\n", long), (b"code,name\nL-2,Two\n", long), (b"code,name,x\nL-3,Three,\n", long)]
    )
    assert "ЖЖЖ" in text
    assert [named(house, Item, code) for code in ("L-1", "L-2", "L-3")] == ["One", "Two", "Three"]


def test_the_page_takes_cards_for_contacts_only(house: Any, upload: Any) -> None:
    assert "Choose files whose names end in .xlsx" in upload([(CARD, "cards.vcf")])
    upload([(CARD, "cards.vcf")], "contacts.contacts|")
    assert named(house, Contact, "card-1") == "Ann Card"
    assert named(house, Item, "card-1") is None


@pytest.mark.parametrize("name", ["a.pdf", "a", "a.xlsx.exe", "vcf"])
def test_the_page_refuses_other_files_with_what_it_takes(house: Any, upload: Any, name: str) -> None:
    def jobs() -> int:
        return len(house.company.database.run(lambda s: list(s.scalars(select(Job.id))), actor=SYSTEM, write=False))

    before = jobs()
    assert ", ".join(ENDINGS) in upload([(b"code,name\nX-1,X\n", name)])
    assert jobs() == before


def test_what_is_chosen_on_the_page_holds_for_the_dry_run_and_the_import(house: Any, upload: Any) -> None:
    content = "code;name;price\nR-1;Лампа;1.250\n".encode("cp1251")
    assert "Choose its encoding" in upload([(content, "a.csv")])
    assert "may be 1.250 or 1250" in upload([(content, "a.csv")], encoding="cp1251")
    assert named(house, Item, "R-1") is None
    upload([(content, "a.csv")], encoding="cp1251", decimal=",")
    assert named(house, Item, "R-1") == "Лампа"


def test_the_command_takes_the_same_choices(config: Any, items: Any, tmp_path: Path, monkeypatch: Any) -> None:
    tell = teller(config.data_dir, config.database_url, monkeypatch)
    path = tmp_path / "Товары.csv"
    path.write_bytes("code;name;price\nR-1;Лампа;1.250\n".encode("cp1251"))
    assert "encoding" in tell("import", "warehouse.items", str(path)).refusal
    assert tell("import", "warehouse.items", str(path), "--encoding", "cp1251", "--decimal", ",").code == 0
    assert items() == {"R-1": ("Лампа", "1250")}
    assert "isn't an encoding" in tell("import", "warehouse.items", str(path), "--encoding", "klingon").refusal


def test_a_list_leads_to_the_import_of_its_rows_whoever_may_run_it(house: Any, sign_in: Any) -> None:
    admin, sofia = sign_in("admin"), sign_in("sofia")
    with house.test_request_context():
        lists = [
            (url_for(endpoint), target.name)
            for target in targets(house.company).values()
            for endpoint in (target.shown, *target.listed)
            if endpoint and target.plain is not None
        ]
    assert len(lists) > 10
    for address, name in lists:
        assert f"/admin/import?what={name}%7C" in admin.get(address).text, address
        assert "/admin/import?" not in sofia.get(address).text
    page = admin.get("/admin/import?what=trade.item_suppliers%7C").text
    assert '<option selected value="trade.item_suppliers|">' in page
