"""docs/a-module-in-ten-minutes.md is followed word by word: the module it ends with passes the contract."""

import re
from pathlib import Path

from installing import ROOT, hold_to_the_contract, install, run

PAGE = ROOT / "docs" / "a-module-in-ten-minutes.md"
#: A file's name on a line of its own, and then the block with its text.
_FILE = re.compile(r"^`([\w./-]+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def files_of(page: str) -> dict[str, str]:
    """Path → text of every file that the page tells the reader to write."""
    return dict(_FILE.findall(page))


def test_whoever_follows_the_page_has_a_module_that_keeps_the_contract(tmp_path: Path) -> None:
    page = PAGE.read_text("utf-8")
    package = tmp_path / "kontor-lending"
    for name, text in files_of(page).items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    environment = install(package, tmp_path / "site")
    assert "-m app.migrations.autogenerate lending initial" in page
    assert "0001_initial.py" in run(environment, "-m", "app.migrations.autogenerate", "lending", "initial")
    said = run(environment, str(Path(__file__).parent / "lend_something.py"), str(tmp_path))
    assert said.splitlines()[-1] == "the ladder is back"
    hold_to_the_contract(environment, "lending", tmp_path / "contract")


def test_the_page_leaves_no_file_out() -> None:
    names = set(files_of(PAGE.read_text("utf-8")))
    assert {
        "pyproject.toml",
        "lending/__init__.py",
        "lending/routes.py",
        "lending/templates/lending/loan.html",
        "lending/help/en/loan.md",
    } <= names
    assert len(names) == 9
