"""What is installed is exact, is proven by hashes, and comes from wherever the user's own settings say."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-test.lock")


def _locked(name: str) -> dict[str, str]:
    """Name → version of every package of the lock."""
    found = re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / name).read_text(), re.M)
    return {canonicalize_name(package): version for package, version in found}


@pytest.mark.parametrize("name", [*LOCKS, "package-lock.json"])
def test_a_lock_names_no_host(name: str) -> None:
    assert re.findall(r"\w+://\S+|^\s*-\S+index\S*|\"resolved\"", (ROOT / name).read_text(), re.M) == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_library_is_of_one_version_and_proven_by_hashes(name: str) -> None:
    for entry in re.split(r"\n(?=\w)", (ROOT / name).read_text().strip()):
        assert re.match(r"[\w.-]+==[\w.+!-]+( ; .+)? \\\n( +--hash=sha256:[0-9a-f]{64}( \\)?\n?)+$", entry), entry


def test_every_front_end_package_is_proven_by_a_hash() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert [name for name, package in packages.items() if name and not package["integrity"].startswith("sha512-")] == []


def test_tests_run_with_the_versions_that_users_get() -> None:
    ours = _locked("requirements.lock").items()
    assert ours <= _locked("requirements-test.lock").items()


def test_the_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for wanted, lock in ((project["dependencies"], LOCKS[0]), (project["optional-dependencies"]["test"], LOCKS[1])):
        locked = _locked(lock)
        for requirement in map(Requirement, wanted):
            assert requirement.specifier.contains(locked[canonicalize_name(requirement.name)]), requirement
