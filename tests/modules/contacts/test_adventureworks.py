"""The presets for AdventureWorks: persons, stores, vendors and addresses, with what stands in files beside them."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.errors import Invalid
from app.importing import run_import
from app.security import SYSTEM
from modules.contacts.models import Address, Channel, Contact

pytestmark = pytest.mark.one_engine

#: Microsoft's rows (MIT), shortened to the columns that are read and one that isn't
FILES = {
    "Person.Person": "BusinessEntityID,PersonType,FirstName,MiddleName,LastName,rowguid\n"
    "1,EM,Ken,J,Sánchez,9\n291,SC,Gustavo,,Achong,9\n11377,IN,David,R.,Robinett,9\n",
    "Person.EmailAddress": "BusinessEntityID,EmailAddressID,EmailAddress\n1,1,ken0@adventure-works.com\n"
    "291,2,gustavo0@adventure-works.com\n11377,3,david22@adventure-works.com\n",
    "Person.PersonPhone": "BusinessEntityID,PhoneNumber\n1,697-555-0142\n291,398-555-0132\n11377,1 (11) 500 555-0110\n",
    "Sales.Store": "BusinessEntityID,Name\n292,Next-Door Bike Store\n",
    "Purchasing.Vendor": "BusinessEntityID,AccountNumber,Name,PurchasingWebServiceURL\n"
    "1580,LITWARE0001,Litware,www.litwareinc.com/\n",
    "Person.BusinessEntityAddress": "BusinessEntityID,AddressID,AddressTypeID\n1,249,2\n292,985,3\n292,986,5\n11377,28001,2\n",
    "Person.Address": "AddressID,AddressLine1,AddressLine2,City,StateProvinceID,PostalCode\n"
    "249,4350 Minute Dr.,,Newport Hills,79,98006\n985,Mall Of Orange,2nd floor,Orange,9,92867\n"
    "986,Mall Of Orange,,Orange,9,92867\n28001,Pascalstr 951,,Saint Ouen,179,9X\n",
    "Person.StateProvince": "StateProvinceID,StateProvinceCode,CountryRegionCode,Name\n79,WA ,US,Washington\n"
    "9,CA ,US,California\n179,93 ,FR,Seine Saint Denis\n",
}
PLACE = ("Person.BusinessEntityAddress", "Person.Address", "Person.StateProvince")


def test_adventureworks_comes_in_with_what_stands_beside_its_rows(company: Any, tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")

    def bring(what: str, *files: str, target: str = "contacts.contacts") -> Any:
        paths = [tmp_path / f"{name}.csv" for name in files]
        return run_import(company, SYSTEM, target, paths, f"adventureworks_{what}")

    with pytest.raises(Invalid, match=r"Give the file Person\.EmailAddress too"):
        bring("persons", "Person.Person", *PLACE)
    persons = bring("persons", *PLACE, "Person.PersonPhone", "Person.EmailAddress", "Person.Person")
    assert dict(persons.created) == {"contacts.contact": 3}
    assert persons.notes[0].startswith("Person.BusinessEntityAddress.csv: 1 rows are further ones")
    assert persons.notes[1] == "Person.Person.csv: not used: rowguid"
    bring("stores", "Sales.Store", *PLACE)
    bring("vendors", "Purchasing.Vendor", *PLACE)
    for count, skipped in ((4, 0), (0, 4)):
        report = bring("addresses", *PLACE, target="contacts.addresses")
        assert (sum(report.created.values()), len(report.skipped)) == (count, skipped)

    def check(session: Any) -> None:
        ken, store, vendor, david = (
            session.scalars(select(Contact).where(Contact.code == code)).one() for code in ("1", "292", "1580", "11377")
        )
        assert (ken.kind, ken.name, ken.phone, ken.tags) == ("individual", "Ken J Sánchez", "+16975550142", "Employee")
        assert (store.kind, store.country, store.tags) == ("legal_entity", "US", "Store")
        assert session.scalars(select(Channel.value).where(Channel.contact_id == vendor.id)).all() == [
            "https://www.litwareinc.com/"
        ]
        assert (david.country, david.phone, david.note) == ("FR", "", "Phone: 1 (11) 500 555-0110")
        addresses = select(Address.kind, Address.street, Address.postal_code, Address.is_main).order_by(Address.id)
        assert session.execute(addresses.where(Address.contact_id == store.id)).all() == [
            ("registered", "Mall Of Orange\n2nd floor", "92867", True),
            ("delivery", "Mall Of Orange", "92867", False),
        ]
        assert store.address == "Mall Of Orange\n2nd floor\nOrange, CA 92867"
        assert session.execute(addresses.where(Address.contact_id == david.id)).all() == [
            ("other", "Pascalstr 951\n9X", "", True)
        ]

    company.database.run(check, actor=SYSTEM, write=False)
