"""The launcher on machines that are not as it would wish, and that it does nothing when there is nothing to do."""

import ast
import os
import re
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
LAUNCHER = ROOT / "kontor"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the launcher and the least that it installs from."""
    folder = tmp_path / "checkout"
    (folder / "app/web/static/vendor").mkdir(parents=True)
    (folder / "kontor").write_bytes(LAUNCHER.read_bytes())
    (folder / "requirements.lock").write_text("six==1.17.0 --hash=sha256:" + 64 * "0")
    (folder / "requirements-test.lock").write_text("")
    for name in ("pyproject.toml", "hatch_build.py", "package.json", "package-lock.json", "app/web/static/icons.txt"):
        (folder / name).write_text("")
    return folder


@pytest.fixture
def launcher(checkout: Path) -> Any:
    """The launcher of that folder, as a module."""
    loader = SourceFileLoader("launcher", str(checkout / "kontor"))
    spec = spec_from_loader("launcher", loader)
    assert spec is not None
    made = module_from_spec(spec)
    loader.exec_module(made)
    return made


def _installed(checkout: Path, launcher: Any) -> None:
    """Make it look as an installation leaves it, with a program that says what it was asked."""
    (checkout / ".venv/bin").mkdir(parents=True)
    (checkout / ".venv/bin/python").symlink_to(sys.executable)
    (checkout / ".venv/bin/kontor").write_text(
        '#!/bin/sh\necho "$KONTOR_DATA_DIR" "$@" ${PYTHONDONTWRITEBYTECODE-none}\n'
    )
    (checkout / ".venv/bin/kontor").chmod(0o755)
    (checkout / "app/web/static/vendor/stamp").write_text("")
    (checkout / ".venv/stamp-requirements.lock").write_text(launcher.digest("requirements.lock"))


def _start(checkout: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(checkout / "kontor"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,  # only so that a hang is noticed
        env={**{k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "KONTOR_"))}, **environment},
    )


def test_an_old_python_can_read_it_far_enough_to_say_that_it_is_too_old() -> None:
    source = LAUNCHER.read_text()
    ast.parse(source, feature_version=(3, 6))
    pretend = f"import sys; sys.version_info = (3, 6, 9); exec(compile({source!r}, 'kontor', 'exec'))"
    done = subprocess.run([sys.executable, "-c", pretend], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("kontor: Python 3.11 or newer is needed; this is 3.6.\n")


def test_without_a_network_it_says_so(checkout: Path) -> None:
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "1", "PIP_CONFIG_FILE": os.devnull}
    done = _start(checkout, "up", **nowhere)
    assert done.returncode == 1
    said = done.stderr.partition("names\n")[2]
    assert said.startswith("kontor: no connection to where libraries come from.\nCheck the network")
    assert said.count("\n") == 2


def test_a_step_that_fails_shows_what_it_said(launcher: Any) -> None:
    failing = [sys.executable, "-c", "print('the reason'); raise SystemExit(3)"]
    with pytest.raises(SystemExit, match="kontor: this step failed:\nthe reason"):
        launcher.run(failing)


def test_a_checkout_that_cannot_be_written_is_named(
    checkout: Path, launcher: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout / ".venv").touch()  # where a folder should be made; root may write anywhere, but not through a file
    monkeypatch.setattr(sys, "argv", ["kontor", "up"])
    with pytest.raises(SystemExit, match=rf"the folder {re.escape(str(checkout))} can't be written: .+\nPut the"):
        launcher.main()


def test_a_python_that_makes_no_environments_gets_a_hint_what_to_install(
    launcher: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    monkeypatch.setattr(launcher.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match="Install the package python3-venv"):
        launcher.make_environment()


def _written(folder: Path) -> dict[Path, int]:
    """When each file and folder was written last."""
    return {path: path.lstat().st_mtime_ns for path in (folder, *folder.rglob("*"))}


def test_a_second_start_hands_over_at_once(checkout: Path, launcher: Any) -> None:
    _installed(checkout, launcher)
    before = _written(checkout)
    done = _start(checkout, "up", "--port", "8001", PYTHONDONTWRITEBYTECODE="1")
    assert _written(checkout) == before
    assert (done.stdout, done.stderr) == (f"{checkout}/data up --port 8001 none\n", "")


def test_without_a_command_it_shows_the_help(checkout: Path, launcher: Any) -> None:
    _installed(checkout, launcher)
    assert _start(checkout, KONTOR_DATA_DIR="/elsewhere").stdout == "/elsewhere --help none\n"


@pytest.mark.parametrize(
    "name",
    [
        "requirements.lock",
        "pyproject.toml",
        "package-lock.json",
        "app/translations/ru/LC_MESSAGES/messages.po",
        "app/web/static/classes.txt",
        "app/web/static/kontor.css",
        "app/web/static/js/lines/grid.js",
    ],
)
def test_what_an_installation_is_made_from_makes_a_new_one_due(checkout: Path, launcher: Any, name: str) -> None:
    before = launcher.digest("requirements.lock")
    (checkout / name).parent.mkdir(parents=True, exist_ok=True)
    (checkout / name).write_text("changed")
    assert launcher.digest("requirements.lock") != before


def test_half_an_environment_is_rebuilt(checkout: Path, launcher: Any) -> None:
    assert not launcher.has_pip()
    _installed(checkout, launcher)  # a Python that believes that it lives elsewhere, as after the folder was moved
    assert not launcher.has_pip()


def test_ctrl_c_during_the_installation_ends_it_without_a_traceback(checkout: Path) -> None:
    import signal

    started = subprocess.Popen(
        [sys.executable, str(checkout / "kontor"), "up"], stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert started.stderr is not None
    assert "1/3" in started.stderr.readline()
    os.killpg(started.pid, signal.SIGINT)
    assert "Traceback" not in started.stderr.read()
    assert started.wait(120) == 130
    started.stderr.close()
