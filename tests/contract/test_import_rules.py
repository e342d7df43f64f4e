"""Who may know whom: that the import linter lets nothing but faces through, and that rules load without the web."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from app.registry import discover

ROOT = Path(__file__).parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
#: contract → what it forbids, and what it lets through
RULES = {c["name"]: (c["forbidden_modules"], c.get("ignore_imports")) for c in CONTRACTS if "forbidden_modules" in c}

#: What loads without the web: exact numbers, refusals, rules, costing, and what neighbours import of a module.
PURE = [
    "app.api.errors",
    "app.api.texts",
    "app.api.values",
    "app.reference.rules",
    "modules.warehouse.costing",
    *(
        path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
        for name in ("rules", "api")
        for path in sorted(ROOT.glob(f"modules/*/{name}.py"))
    ),
]


def test_modules_may_import_nothing_of_the_core_but_its_faces():
    rule = RULES["The core has faces: modules import it through app.api only"]
    assert rule == (["app"], ["modules.** -> app.api.*"])


@pytest.mark.parametrize(("neighbour", "others"), [("contacts", "modules.trade.**"), ("warehouse", "modules.**")])
def test_neighbours_may_import_nothing_of_a_module_but_its_face(neighbour, others):
    rule = RULES[f"Neighbours know {neighbour} by its face"]
    assert rule == ([f"modules.{neighbour}"], [f"{others} -> modules.{neighbour}.api"])


def test_every_module_has_a_face():
    assert all(
        (module.folder / "api.py").exists() for module in discover().values() if module.package.startswith("modules.")
    )


#: What rules stand on is loaded first, as that takes longest, and then each alone, in a process that begins there.
LOAD_EACH = """
import importlib, os, sys

for name in ("argon2", "babel.numbers", "croniter", "sqlalchemy.orm", "structlog"):
    importlib.import_module(name)
for name in sys.argv[1:]:
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        try:
            importlib.import_module(name)
            print(name, *sorted({"flask", "wtforms", "werkzeug"} & sys.modules.keys()))
        except BaseException as error:
            print(name, repr(error))
        sys.stdout.flush()
        os._exit(0)
    os.waitpid(child, 0)
"""


def test_rules_load_without_the_web():
    """In processes of their own: this one has long loaded Flask."""
    command = [sys.executable, "-c", LOAD_EACH, *PURE]
    said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert said.stdout.splitlines() == PURE
