"""A module that fails is named with its error and left out; everything else starts as if it were not there."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
DOUBLES = sorted(folder.name for folder in HERE.iterdir() if (folder / "__init__.py").exists())
ERRORS = {
    "raises_at_import": "RuntimeError: I do not work here",
    "exits": "SystemExit: this machine is not licensed",
    "misnamed": "ImportError: the manifest says 'somebody_else', the entry point 'misnamed'",
    "needs_absent": "needs absent, which is not installed or not whole",
    "needs_broken": "needs needs_absent, which is not installed or not whole",
    "raises_in_models": "RuntimeError: half-way",
    "mishears": "ImportError: hooks.py: there is no hook 'document_psoted'",
    "points_nowhere": "expression 'Nobody' failed to locate a name",
}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """What a process needs to find the doubles as if pip had installed them."""
    information = tmp_path / "doubles-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: doubles\nVersion: 1.0\n")
    points = "\n".join(f"{name} = {name}:module" for name in DOUBLES)
    (information / "entry_points.txt").write_text(f"[kontor.modules]\n{points}\n")
    return {**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), str(HERE), str(HERE.parent.parent)))}


def test_every_double_is_broken_in_a_way_we_know() -> None:
    assert set(DOUBLES) == set(ERRORS)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_broken_module_is_reported_and_everything_else_works(
    environment: dict[str, str], empty_url: str, tmp_path: Path
) -> None:
    """One process for the whole story: what is installed is found once in each.

    SQLite alone: which modules are whole is found before a database is asked, and what the others do then, other tests ask
    of both.
    """
    command = [sys.executable, str(HERE / "start_among_broken.py"), empty_url, str(tmp_path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    errors, listed, refused, listed_after = json.loads(done.stdout.splitlines()[-1])
    for name, error in ERRORS.items():
        assert error in errors.pop(name), name
    assert set(errors.values()) == {None}
    # The list of modules names the error, and switching the module on is refused.
    (broken,) = [module for module in listed if module["name"] == "raises_in_models"]
    assert (broken["fault"], broken["enabled"]) == (ERRORS["raises_in_models"], False)
    assert (refused["code"], refused["out"]) == (1, "")
    assert "half-way" in refused["err"]
    assert "Traceback" not in refused["err"]
    assert "contacts" in listed_after
