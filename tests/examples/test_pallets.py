"""The example of a module of third parties keeps the contract, and its books are proven like everybody's."""

from pathlib import Path

from installing import ROOT, hold_to_the_contract, install, run

PACKAGE = ROOT / "examples" / "kontor-pallets"


def test_it_keeps_the_contract(tmp_path: Path) -> None:
    hold_to_the_contract(install(PACKAGE, tmp_path / "site"), "pallets", tmp_path / "contract")


def test_pallets_go_to_and_fro_and_back(empty_url: str, tmp_path: Path) -> None:
    environment = install(PACKAGE, tmp_path / "site")
    said = run(environment, str(Path(__file__).parent / "exchange_pallets.py"), empty_url, str(tmp_path))
    assert said.splitlines()[-1] == "all as it should be"
