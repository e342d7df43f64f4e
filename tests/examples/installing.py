"""Installing a package of modules the way pip would, without pip: a folder with its metadata on the path."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def install(package: Path, into: Path) -> dict[str, str]:
    """Write the metadata that pip would write for `package`; gives the environment in which a process finds it."""
    project = tomllib.loads((package / "pyproject.toml").read_text("utf-8"))["project"]
    information = into / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    points = "\n".join(f"{name} = {value}" for name, value in project["entry-points"]["kontor.modules"].items())
    (information / "entry_points.txt").write_text(f"[kontor.modules]\n{points}\n")
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (package, into, ROOT)))}


def run(environment: dict[str, str], *command: str) -> str:
    """Run a Python command where the package is installed; its output, or a failed test."""
    inherited = {name: value for name, value in environment.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, *command], env=inherited, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-4000:]
    return done.stdout


def hold_to_the_contract(environment: dict[str, str], module: str, folder: Path) -> None:
    """Run the contract suite over the module, on every engine that this run may use."""
    options = ("-n", "0", "-p", "no:cacheprovider", "--basetemp", str(folder))
    said = run(environment, "-m", "pytest", "tests/contract", "-k", module, *options)
    assert " passed" in said
    assert "failed" not in said
