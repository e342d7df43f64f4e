"""Installing packages of modules the way pip would, without pip: a folder with their metadata on the path."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
#: The module that a page ends with → the page.
PAGES = {
    "lending": ROOT / "docs" / "a-module-in-ten-minutes.md",
    "tasting": ROOT / "docs" / "a-new-kind-of-document.md",
}
#: A file's name on a line of its own, and then the block with its text.
_FILE = re.compile(r"^`([\w./-]+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def files_of(page: str) -> dict[str, str]:
    """Path → text of every file that a page of the documentation tells the reader to write."""
    return dict(_FILE.findall(page))


def follow(page: Path, package: Path) -> Path:
    """Write every file that the page tells the reader to write, in the folder of the package."""
    for name, text in files_of(page.read_text("utf-8")).items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return package


def install(packages: list[Path], into: Path) -> dict[str, str]:
    """Write the metadata that pip would write for the packages; gives the environment in which a process finds them."""
    for package in packages:
        _install(package, into)
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (*packages, into, ROOT)))}


def _install(package: Path, into: Path) -> None:
    project = tomllib.loads((package / "pyproject.toml").read_text("utf-8"))["project"]
    information = into / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    points = "\n".join(f"{name} = {value}" for name, value in project["entry-points"]["kontor.modules"].items())
    (information / "entry_points.txt").write_text(f"[kontor.modules]\n{points}\n")


def run(environment: dict[str, str], *command: str) -> str:
    """Run a Python command where the packages are installed; its output, or a failed test."""
    inherited = {name: value for name, value in environment.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, *command], env=inherited, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-4000:]
    return done.stdout
