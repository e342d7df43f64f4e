"""Vietnam's administrative units as an address reference: one real ward of every district comes in, and is found again."""

import csv
import gzip
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.importing import run_import
from app.reference.addresses import address_parts, check_address
from app.security import SYSTEM
from modules.contacts.models import Address
from modules.contacts.operations import create_contact


@pytest.fixture
def units(data: Path) -> list[dict[str, str]]:
    """Provinces, districts and wards before the merger of 2025."""
    with gzip.open(data / "vietnam_admin_units" / "vn_admin_units.csv.gz", "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_provinces_are_known_by_their_official_names(units: list[dict[str, str]]) -> None:
    choices = next(part.choices for part in address_parts("VN") if part.name == "region")
    official = {unit["Province"] for unit in units}
    assert len(official) == 63
    kept = {name: check_address({"region": name}, "VN")["region"] for name in official}
    assert {name for name, region in kept.items() if region not in choices} == {"Thành phố Huế"}, "renamed in 2025"
    assert len(set(kept.values())) == 63


@pytest.mark.one_engine
def test_a_ward_of_every_district_is_an_address_that_is_kept_whole(
    company: Any, units: list[dict[str, str]], tmp_path: Path
) -> None:
    def four(session: Any) -> None:  # one has 200 addresses at most
        for n in range(4):
            create_contact(session, SYSTEM, kind="legal_entity", name=f"Gốm {n}", code=f"VN-{n}", country="VN")

    company.database.run(four, actor=SYSTEM)
    wards = {unit["DistrictCode"]: unit for unit in units}
    assert len(wards) == 696
    table = tmp_path / "wards.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["contact", "street", "city", "region"])
        for n, unit in enumerate(wards.values()):
            out.writerow([f"VN-{n // 200}", f"1 {unit['Ward'] or 'Thôn 1'}", unit["District"], unit["Province"]])
    report = run_import(company, SYSTEM, "contacts.addresses", [table])
    assert (dict(report.created), report.errors) == ({"contacts.address": 696}, [])

    def check(session: Any) -> None:
        assert session.scalar(select(func.count(func.distinct(Address.region)))) == 63
        kept = {tuple(row) for row in session.execute(select(Address.street, Address.city))}
        assert kept == {(f"1 {u['Ward'] or 'Thôn 1'}", u["District"]) for u in wards.values()}

    company.database.run(check, actor=SYSTEM, write=False)
