"""Records of the sample that nothing of one's own refers to go; the others stay and are named. Users are switched off."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from trader import Trader, errors_of, remove

from app.audit import AuditLine
from app.company import Company
from app.config import Config
from app.db import Base
from app.documents import Document
from app.reference import CurrencyRate, organisation
from app.reference.operations import set_rate
from app.sample import SampleRow, marking, plan_removal, remove_sample
from app.security import SYSTEM, User
from app.security.operations import add_user
from app.values import ExchangeRate
from modules.contacts.models import Contact
from modules.contacts.operations import change_contact
from modules.trade.models import Sale
from modules.trade.taxes.models import TaxCode
from modules.trade.taxes.operations import save_policy, set_default
from modules.trade.taxes.presets import take_preset
from modules.warehouse.models import Item, ItemGroup, Place

Done = Callable[[Any, Callable[[Any], Any]], Any]


def _codes(session: Any) -> dict[str, list[str]]:
    return {
        model.__tablename__: list(session.scalars(select(column).order_by(column)))
        for model, column in ((Contact, Contact.code), (Item, Item.code), (ItemGroup, ItemGroup.name))
    }


def test_without_anything_of_ones_own_all_of_it_goes(sampled: Any, done: Done) -> None:
    before = done(sampled, lambda s: s.scalars(select(Place.id).where(Place.code == "shop")).one())
    removed = done(sampled, remove)
    assert removed.documents == {"contacts.payment": 1, "trade.purchase": 1, "trade.sale": 3, "trade.sales_return": 1}
    expected = {"contacts.contact": 3, "warehouse.item": 2, "warehouse.item_group": 1, "warehouse.place": 1}
    assert (removed.records, removed.kept, removed.users) == (expected, [], [])
    assert done(sampled, _codes) == {"contacts_contact": [], "warehouse_item": [], "warehouse_item_group": []}
    assert done(sampled, lambda s: s.get(Place, before)) is None
    assert done(sampled, lambda s: s.get(Place, 100)) is not None
    assert done(sampled, _left_of_documents) == {}


def _left_of_documents(session: Any) -> dict[str, int]:
    """Every table but the core's own that has rows, places outside and what every company begins with apart."""
    names = {t.name for t in Base.metadata.tables.values() if t.name.startswith(("core_document", "core_sample"))}
    names |= {t.name for t in Base.metadata.tables.values() if t.name.startswith(("contacts_", "trade_", "warehouse_"))}
    names -= {
        "warehouse_bin",
        "warehouse_logistic_unit",
        "warehouse_place",
        "warehouse_lot",
        "warehouse_claim",
        "contacts_expense_item",
        "trade_complaint_reason",
    }
    counts = {
        name: session.connection().scalar(select(func.count()).select_from(Base.metadata.tables[name]))
        for name in names
    }
    return {name: count for name, count in counts.items() if count}


def test_what_ones_own_refers_to_stays_with_what_it_needs(sampled: Any, done: Done) -> None:
    def work(session: Any) -> None:
        trader = Trader(session)
        trader.item("NAIL")
        trader.buy("NAIL", 5, "1.00", 30)
        group = session.scalars(select(ItemGroup)).one()
        trader.item("AXE", group_id=group.id)

    done(sampled, work)
    removed = done(sampled, remove)
    assert removed.kept == ["SUP SUP Ltd", "Tools"]
    assert done(sampled, _codes) == {
        "contacts_contact": ["SUP"],
        "warehouse_item": ["AXE", "NAIL"],
        "warehouse_item_group": ["Tools"],
    }


def test_a_record_that_somebody_has_changed_is_theirs(sampled: Any, done: Done) -> None:
    def work(session: Any) -> None:
        contact = session.scalars(select(Contact).where(Contact.code == "IDLE")).one()
        change_contact(session, SYSTEM, contact, name="Our own customer")

    done(sampled, work)
    assert done(sampled, remove).kept == ["IDLE Our own customer"]
    assert done(sampled, _codes)["contacts_contact"] == ["IDLE"]


def test_exchange_rates_go_and_one_that_somebody_has_changed_stays(sampled: Any, done: Done) -> None:
    def bring(session: Any) -> None:
        with marking(session):
            for day in (1, 2):
                set_rate(session, SYSTEM, currency="EUR", day=date(2026, 1, day), rate=ExchangeRate(Decimal("0.86")))

    def work(session: Any) -> None:
        changed = session.scalars(select(CurrencyRate).where(CurrencyRate.day == date(2026, 1, 2))).one()
        set_rate(session, SYSTEM, changed, currency="EUR", day=changed.day, rate=ExchangeRate(Decimal("0.87")))
        set_rate(session, SYSTEM, currency="EUR", day=date(2026, 1, 3), rate=ExchangeRate(Decimal("0.88")))

    done(sampled, bring)
    done(sampled, work)
    removed = done(sampled, remove)
    assert (removed.records["core.rate"], removed.kept) == (1, ["EUR 2026-01-02"])
    assert done(sampled, lambda s: list(s.scalars(select(CurrencyRate.day).order_by(CurrencyRate.day)))) == [
        date(2026, 1, 2),
        date(2026, 1, 3),
    ]


def test_a_record_with_the_number_of_one_that_somebody_deleted_is_theirs(sampled: Any, done: Done) -> None:
    def work(session: Any) -> None:
        with marking(session):
            group = ItemGroup(name="Paints")
            session.add(group)
            session.flush()
        number = group.id
        session.delete(group)
        session.flush()
        session.add(ItemGroup(id=number, name="Our paints"))

    done(sampled, work)
    done(sampled, remove)
    assert done(sampled, _codes)["warehouse_item_group"] == ["Our paints"]


def test_a_draft_of_ones_own_keeps_what_it_names(sampled: Any, done: Done) -> None:
    from modules.trade.models import Sale

    draft = done(sampled, lambda s: Trader(s).draft(Sale, "CUS", "SAW", 1, "9.00", 30).id)
    assert done(sampled, remove).kept == ["CUS CUS Ltd", "SAW A saw", "Tools"]
    assert done(sampled, lambda s: s.get(Document, draft).state) == "draft"


@pytest.fixture
def taxed(sampled: Any, done: Done) -> Any:
    """A small sample that has the tax codes of its country."""

    def bring(session: Any) -> None:
        with marking(session):
            take_preset(session, SYSTEM, "GB")

    done(sampled, bring)
    return sampled


def test_tax_codes_and_which_are_used_go_and_what_is_sold_next_has_none(taxed: Any, done: Done) -> None:
    removed = done(taxed, remove)
    assert (removed.records["trade.tax_code"], removed.records["trade.tax_policy"], removed.kept) == (7, 1, [])
    assert done(taxed, _left_of_documents) == {}
    assert done(taxed, _sell_for_100) == 100
    assert done(taxed, errors_of) == []


@pytest.mark.parametrize("is_sold", [True, False])
def test_tax_codes_that_something_of_ones_own_has_stay_with_the_settings_that_name_them(
    taxed: Any, done: Done, is_sold: bool
) -> None:
    def tax(session: Any) -> None:
        nail = Trader(session).item("NAIL")
        code = session.scalars(select(TaxCode.id).where(TaxCode.name == "VAT zero-rated")).one()
        set_default(session, SYSTEM, "item_id", nail.id, code)

    if is_sold:  # at the rate that the settings name
        assert done(taxed, _sell_for_100) == 120
        planned = done(taxed, plan_removal)
        removed = done(taxed, remove)
        assert removed.kept == planned.kept
        assert removed.records["trade.tax_code"] == planned.records["trade.tax_code"] == 3
        assert "trade.tax_policy" not in removed.records
        assert done(taxed, _sell_for_100) == 120
    else:  # a code that they don't name
        done(taxed, tax)
        removed = done(taxed, remove)
        assert (removed.kept, removed.records["trade.tax_policy"]) == (["VAT zero-rated"], 1)
        assert done(taxed, _sell_for_100) == 100
    assert done(taxed, errors_of) == []


def test_tax_settings_that_somebody_has_changed_stay(taxed: Any, done: Done) -> None:
    done(taxed, lambda s: save_policy(s, SYSTEM, export_id=None))
    removed = done(taxed, remove)
    assert "trade.tax_policy" not in removed.records
    assert done(taxed, _sell_for_100) == 120


def _sell_for_100(session: Any) -> Any:
    trader = Trader(session)
    number = session.scalar(select(func.count()).select_from(Item))
    customer, item = trader.contact(f"OWN{number}"), trader.item(f"OWN{number}")
    return trader.draft(Sale, customer.code, item.code, 1, "100.00", 30).amount


def test_a_document_that_was_reversed_keeps_what_it_names_too(sampled: Any, done: Done) -> None:
    def work(session: Any) -> Any:
        trader = Trader(session)
        sale = session.scalars(select(Document).where(Document.number == "S-000001")).one()
        back = trader.give_back(sale, "HAMMER", 1, "9.00", 30)
        trader.undo(back)
        return back.id

    back = done(sampled, work)
    assert done(sampled, remove).kept == ["CUS CUS Ltd", "HAMMER A hammer", "Tools"]
    state, links = done(sampled, lambda s: (s.get(Document, back).state, s.get(Document, back).links))
    assert (state, links) == ("reversed", [])
    assert done(sampled, errors_of) == []


def test_numbers_that_were_given_are_not_given_again(sampled: Any, done: Done) -> None:
    last = done(sampled, lambda s: s.scalar(select(func.max(Document.id))))
    done(sampled, remove)

    def work(session: Any) -> Any:
        trader = Trader(session)
        trader.contact("SUP")
        trader.item("NAIL")
        return trader.buy("NAIL", 5, "1.00", 30)

    made = done(sampled, work)
    assert made.number == "PU-000002"
    assert made.id > last


def test_sample_users_are_switched_off_and_stay(sampled: Any, done: Done) -> None:
    def hire(session: Any) -> None:
        with marking(session, [User.__table__]):
            for login in ("sam", "me"):
                add_user(session, SYSTEM, login=login, name=login, password="long enough 1", roles=["administrator"])
        add_user(session, SYSTEM, login="own", name="Own", password="long enough 1", roles=["administrator"])

    from dataclasses import replace

    done(sampled, hire)
    me = done(sampled, lambda s: s.scalars(select(User.id).where(User.login == "me")).one())
    actor = replace(SYSTEM, user_id=me, name="me")
    removed = done(sampled, lambda session: remove_sample(session, actor))
    assert removed.users == ["sam"]
    query = select(User.login).where(User.is_active).order_by(User.login)
    assert done(sampled, lambda s: list(s.scalars(query))) == ["admin", "me", "own"]


def test_the_audit_says_what_was_removed_and_keeps_its_lines(sampled: Any, done: Done) -> None:
    lines = set(done(sampled, lambda s: list(s.scalars(select(AuditLine.digest)))))
    done(sampled, remove)
    assert lines <= set(done(sampled, lambda s: list(s.scalars(select(AuditLine.digest)))))
    line = done(sampled, lambda s: s.scalars(select(AuditLine).where(AuditLine.action == "core.sample.remove")).one())
    assert "trade.sale 3" in line.summary
    assert "contacts.contact 3" in line.summary
    query = select(AuditLine.summary).where(AuditLine.action == "warehouse.item.remove").order_by(AuditLine.id)
    assert done(sampled, lambda s: list(s.scalars(query))) == ["HAMMER A hammer", "SAW A saw"]
    assert done(sampled, errors_of) == []


def test_the_company_is_no_longer_a_sample(sampled: Any, done: Done) -> None:
    done(sampled, remove)
    assert done(sampled, lambda s: organisation(s).is_sample) is False
    assert done(sampled, lambda s: s.scalar(select(func.count()).select_from(SampleRow))) == 0


@pytest.fixture
def enterprise(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """A company of the Enterprise edition with the whole sample in it."""
    with ExitStack() as stack:
        if engine == "sqlite":
            shutil.copy(request.getfixturevalue("filled_sqlite")("enterprise"), tmp_path / "kontor.db")
            url = f"sqlite:///{tmp_path / 'kontor.db'}"
        else:
            url = stack.enter_context(request.getfixturevalue("filled_copies")("enterprise").one())
        made = Company(Config(tmp_path, url, "tests"))
        stack.callback(made.database.dispose)
        made.database.run(made.refresh, actor=SYSTEM, write=False)
        yield made


@pytest.mark.one_engine
def test_bills_go_unless_an_order_of_ones_own_was_made_after_them(enterprise: Any, done: Done) -> None:
    from modules.production.kinds import WorkOrderDraft
    from modules.production.models import Bom, WorkOrder

    def make(session: Any) -> None:
        from app.documents import save

        bom = session.scalars(select(Bom)).one()
        save(session, SYSTEM, WorkOrder, WorkOrderDraft(bom.id, Decimal(1)))

    done(enterprise, make)
    removed = done(enterprise, remove)
    assert removed.documents["production.work_order"] == 3
    assert "SH-0900 Oak shelf 900 × 150, oiled" in removed.kept
    assert "TI-4001 Oak board 27 × 150, planed" in removed.kept
    assert "TI-4010 Birch plywood 18 mm" not in removed.kept
    assert done(enterprise, errors_of) == []


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)  # on SQLite the bills alone
def test_the_whole_sample_of_the_enterprise_edition_goes(enterprise: Any, done: Done) -> None:
    removed = done(enterprise, remove)
    assert removed.kept == []
    assert (removed.records["production.bom"], removed.records["core.rate"]) == (1, 5)
    assert sorted(removed.users) == ["anna", "bella", "maria", "sam", "sofia", "steve"]
    assert (removed.records["trade.tax_code"], removed.records["trade.tax_policy"]) == (7, 1)
    assert done(enterprise, _left_of_documents) == {}
    assert done(enterprise, errors_of) == []
