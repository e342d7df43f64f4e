"""docs/a-module-in-ten-minutes.md is followed word by word: the module it ends with works, and passes the contract."""

from pathlib import Path

from installing import PAGES, files_of, run


def test_whoever_follows_the_page_has_a_module_that_works(installed: dict[str, str], folder: Path) -> None:
    said = run(installed, str(Path(__file__).parent / "lend_something.py"), str(folder))
    assert said.splitlines()[-1] == "the ladder is back"


def test_the_page_leaves_no_file_out() -> None:
    names = set(files_of(PAGES["lending"].read_text("utf-8")))
    assert {
        "pyproject.toml",
        "lending/__init__.py",
        "lending/routes.py",
        "lending/templates/lending/loan.html",
        "lending/help/en/loan.md",
    } <= names
    assert len(names) == 9
