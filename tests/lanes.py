"""Which tests run: the quick ones, all but what takes long, or that too; what takes long and what PostgreSQL repeats in turns.

`tests/conftest.py` takes the hooks from here. docs/testing.md says how they are asked for.
"""

import gc
import os
import zlib
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
#: Where the quick tests lie: rules, registers, modules, pages as a client sees them.
QUICK = ("tests/unit", "tests/modules")
#: of these, what is left out: passphrases that are slow to guess, programs that are started
SLOW = ("tests/modules/backup", "tests/modules/cli", "tests/unit/backup")
#: What takes long by one test: sweeps over every page, route and form that there is, real shops' books, many examples of a
#: property, programs that are started, flooded and killed. Each has shorter kin among the rest.
LONG = (
    "tests/bench/",
    "tests/browser/lines/",
    "tests/browser/test_a_working_day.py::test_longer_words",
    "tests/browser/test_a_working_day.py::test_pages_fit",
    "tests/browser/test_bell.py",
    "tests/browser/test_cards.py",
    "tests/browser/test_custom_fields.py",
    "tests/browser/test_found_by_phone.py",
    "tests/browser/test_help.py",
    "tests/browser/test_keyboard_days.py",
    "tests/browser/test_hostile_names.py",
    "tests/browser/test_keeping.py",
    "tests/browser/test_looks.py",
    "tests/browser/test_menu.py",
    "tests/browser/test_presence.py",
    "tests/browser/test_role_grid.py",
    "tests/browser/test_search.py",
    "tests/browser/test_trade_days.py",
    "tests/browser/test_weight.py",
    "tests/contract/test_old_databases.py",
    "tests/contract/test_shape.py::test_it_starts_with_only_what_it_requires_installed",
    "tests/contract/test_switching.py::test_on_works_at_once",
    "tests/doubles/",
    "tests/examples/",
    "tests/faults/",
    "tests/modules/backup/test_backup_and_restore.py",
    "tests/modules/backup/test_nightly.py",
    "tests/modules/backup/test_proofs.py::test_what_differs_in_the_copy_is_named[postgresql",
    "tests/modules/cli/test_company.py",
    "tests/modules/documents/test_corrected_books.py",
    "tests/modules/ledger/test_many_writers.py",
    "tests/modules/sample/",
    "tests/modules/security/test_access_matrix.py",
    "tests/modules/security/test_closed_cells_stay.py",
    "tests/modules/security/test_hostile_names.py",
    "tests/modules/security/test_hostile_requests.py",
    "tests/modules/security/test_kinds_of_bodies.py",
    "tests/modules/security/test_no_dead_links.py",
    "tests/modules/security/test_page_rights.py",
    "tests/modules/trade/test_online_retail.py::test_a_real_shops_sheet",
    "tests/modules/trade/test_reserving_together.py::test_thirty_two",
    "tests/modules/web/test_declared_lists.py",
    "tests/modules/web/test_query_counts.py",
    "tests/modules/web/test_two_people_edit.py",
    "tests/property/test_bins_model.py",
    "tests/property/test_bins_weighed_model.py",
    "tests/property/test_books.py",
    "tests/property/test_cash.py",
    "tests/property/test_counts_by_bins_model.py",
    "tests/property/test_counts_by_lots_model.py",
    "tests/property/test_found_records.py",
    "tests/property/test_import_adds_up.py",
    "tests/property/test_lot_costs_model.py::test_every",
    "tests/property/test_open_items.py::test_open_items_equal_the_naive_model[sqlite]",
    "tests/property/test_points_model.py",
    "tests/property/test_recosting_by_parts.py",
    "tests/scenarios/test_make_and_sell.py",
    "tests/scenarios/test_switch_while_people_work.py",
    "tests/unit/backup/test_archive.py::test_a_passphrase",
    "tests/unit/warehouse/test_costing.py",
)
#: Pages and rights, which hardly differ by engine: once more on PostgreSQL among what takes long.
LONG_ON_POSTGRESQL = (
    *(f"tests/modules/{name}/" for name in ("cli", "custom", "files", "notifications", "printing", "security", "web")),
    "tests/modules/documents/test_closed_by_every_door.py::test_no_route",
)
#: in how many parts what takes long is tried, one of them before each landing
PARTS = 16
#: what is quick on SQLite and, by its number, takes a third of all time on PostgreSQL: there it is tried in THIRDS, beside
#: what several do at once, which is what the engines differ in
THIRD_ON_POSTGRESQL, THIRDS = ("tests/modules/contacts/", "tests/modules/trade/"), 3


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="the tests of a minute: on SQLite alone, without a browser")
    parser.addoption(
        "--long", action="store_true", help="what takes long, too (docs/testing.md); so are files that are named"
    )
    parser.addoption("--turn", type=int, metavar="N", help="of what takes long, the part whose turn it is the Nth time")


def pytest_configure(config: pytest.Config) -> None:
    """What is named runs whole; workers inherit that, as they are given the names of tests whatever was asked for."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        is_named = config.args_source is pytest.Config.ArgsSource.ARGS
        os.environ["KONTOR_TEST_LONG"] = "yes" if is_named or config.getoption("--long") else ""


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is marked `one_engine` on SQLite alone."""
    test = metafunc.definition
    said = [mark.args[0] for mark in test.iter_markers("parametrize")]
    given = {name.strip() for names in said for name in (names.split(",") if isinstance(names, str) else names)}
    if test.get_closest_marker("one_engine"):
        for name in {"engine", "house_url"} & set(metafunc.fixturenames) - given:
            test.add_marker(pytest.mark.parametrize(name, ["sqlite"], indirect=True))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Choose the lane. What is long is begun first, so that no worker is left with it when the others have nothing to do."""
    items.sort(key=lambda item: not _is_long(item))
    if config.getoption("--quick"):
        left = {item for item in items if _is_long(item) or not _is_quick(item)}
    elif os.environ["KONTOR_TEST_LONG"]:
        left = set()
    else:
        turn = config.getoption("--turn")
        left = {item for item in items if not _has_its_turn(item, turn)}
    config.hook.pytest_deselected(items=[item for item in items if item in left])
    items[:] = [item for item in items if item not in left]


def pytest_collection_finish() -> None:
    """What was imported and collected stays until the end: nobody need look through it again."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """What is left goes with the process: pytest would look through it five times, for seconds."""
    gc.freeze()


def _is_quick(item: pytest.Item) -> bool:
    where = _where(item)
    needs = {"cluster", "browser", "data"} & set(getattr(item, "fixturenames", ()))
    return where.startswith(QUICK) and not where.startswith(SLOW) and not needs and "postgresql" not in item.name


def _is_long(item: pytest.Item) -> bool:
    return item.nodeid.startswith(LONG) or ("postgresql" in item.name and item.nodeid.startswith(LONG_ON_POSTGRESQL))


def _is_third(item: pytest.Item) -> bool:
    where = _where(item)
    return "postgresql" in item.name and where.startswith(THIRD_ON_POSTGRESQL) and not _is_of_several(item)


def _is_of_several(item: pytest.Item) -> bool:
    """Whether several act at once in it, each in a thread, as it says itself or a function of its file that it calls."""
    names = _names_in(getattr(item, "function", None))
    for name in [*names]:
        names |= _names_in(vars(getattr(item, "module", None) or object).get(name))
    return "together" in _where(item) or not names.isdisjoint({"at_once", "together", "Thread"})


def _names_in(function: Any) -> set[str]:
    return set(function.__code__.co_names) if isinstance(function, FunctionType) else set()


def _has_its_turn(item: pytest.Item, turn: int | None) -> bool:
    part = zlib.crc32(_where(item).encode())
    if _is_long(item):
        return turn is not None and part % PARTS == turn % PARTS
    return turn is None or not _is_third(item) or part % THIRDS == turn % THIRDS


def _where(item: pytest.Item) -> str:
    return item.path.relative_to(ROOT).as_posix()
