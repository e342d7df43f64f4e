"""The example of a module of third parties works, and its books are proven like everybody's."""

from pathlib import Path

from installing import run


def test_pallets_go_to_and_fro_and_back(installed: dict[str, str], empty_url: str, tmp_path: Path) -> None:
    said = run(installed, str(Path(__file__).parent / "exchange_pallets.py"), empty_url, str(tmp_path))
    assert said.splitlines()[-1] == "all as it should be"
