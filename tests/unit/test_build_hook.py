"""The build hook: it builds the pages' assets once, and again when what they are made from changes."""

import gettext
import gzip
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import brotli
import pytest

from app.core_module import module as core
from app.registry import discover
from app.web.kit.assets import digest_of

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import hatch_build  # noqa: E402  (it lies beside the packages, where pip looks for it)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A source tree with what the hook reads."""
    (tmp_path / "app/web/static").mkdir(parents=True)
    for name in hatch_build.INPUTS:
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    return tmp_path


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Grows with each building of the assets, of which only the folder is made here."""
    made: list[Path] = []

    def build(root: Path) -> None:
        (root / hatch_build.VENDOR).mkdir(exist_ok=True)
        made.append(root)

    monkeypatch.setattr(hatch_build, "build_assets", build)
    return made


def _run(source: Path) -> None:
    hook: Any = hatch_build.Assets(str(source), {}, None, None, "", "wheel")
    hook.initialize("editable", {})


def test_nothing_is_built_again_while_nothing_changes(source: Path, builds: list[Path]) -> None:
    _run(source)
    _run(source)
    assert builds == [source]


@pytest.mark.parametrize("name", hatch_build.INPUTS)
def test_each_input_that_changes_makes_a_new_build_due(source: Path, builds: list[Path], name: str) -> None:
    _run(source)
    (source / name).write_bytes((source / name).read_bytes() + b"\n")
    _run(source)
    assert len(builds) == 2


def test_a_build_that_fails_is_due_again(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(root: Path) -> None:
        raise OSError("no network")

    monkeypatch.setattr(hatch_build, "build_assets", fail)
    with pytest.raises(OSError, match="no network"):
        _run(source)
    assert not (source / hatch_build.VENDOR / "stamp").exists()


def test_static_files_are_compressed_once_and_again_when_they_change(source: Path, builds: list[Path]) -> None:
    style, picture = (source / hatch_build.STATIC / name for name in ("own.css", "own.png"))
    style.write_text("a { color: red }" * 50)
    picture.write_bytes(b"PNG")
    _run(source)
    folder = source / hatch_build.VENDOR / hatch_build.COMPRESSED
    first = {path.suffix: path for path in folder.iterdir()}
    assert {path.stem for path in first.values()} == {digest_of(style.read_bytes())}
    assert (
        gzip.decompress(first[".gz"].read_bytes()) == brotli.decompress(first[".br"].read_bytes()) == style.read_bytes()
    )
    written = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    _run(source)
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == written
    style.write_text("a { color: blue }" * 50)
    _run(source)
    assert {path.name for path in folder.iterdir()} == {digest_of(style.read_bytes()) + end for end in (".br", ".gz")}


def test_the_wheel_gets_what_pages_use_and_nothing_of_the_tests() -> None:
    vendor = {path.name for path in (ROOT / hatch_build.VENDOR).iterdir()}
    assert vendor == {
        "compressed",
        "echarts.js",
        "htmx.js",
        "icons.svg",
        "left-out.txt",
        "stamp",
        "tabler.css",
        "zxing.js",
    }
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert f"!{hatch_build.VENDOR}/{hatch_build.LEFT_OUT}" in wheel["artifacts"]


def test_the_sprite_holds_each_named_icon_once(tmp_path: Path) -> None:
    for name in ("truck", "box"):
        (tmp_path / f"{name}.svg").write_text(f'<svg width="24">\n  <path d="{name}" />\n</svg>')
    assert hatch_build.sprite(tmp_path, ["truck", "box", "truck"]) == (
        '<svg xmlns="http://www.w3.org/2000/svg">'
        '<symbol id="box" viewBox="0 0 24 24"><path d="box" /></symbol>'
        '<symbol id="truck" viewBox="0 0 24 24"><path d="truck" /></symbol></svg>\n'
    )


def test_catalogs_are_compiled_for_the_core_and_for_modules(source: Path) -> None:
    folders = [source / package / "translations/vi/LC_MESSAGES" for package in ("app", "modules/trade")]
    for folder in folders:
        folder.mkdir(parents=True)
        (folder / "messages.po").write_text(
            'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8"\n\nmsgid "Sale"\nmsgstr "Bán"\n'
        )
    hatch_build.compile_catalogs(source)
    for folder in folders:
        with (folder / "messages.mo").open("rb") as file:
            assert gettext.GNUTranslations(file).gettext("Sale") == "Bán"


def test_every_icon_that_a_page_or_the_menu_uses_is_built_in() -> None:
    built_in = set((ROOT / hatch_build.ICONS).read_text().split())
    manifests = [core, *(found.manifest for found in discover().values() if found.manifest)]
    used = {item.icon for manifest in manifests for item in manifest.menu}
    for folder in ("app", "modules"):
        for page in (ROOT / folder).rglob("*.html"):
            used |= set(re.findall(r"""\bicon\(["']([a-z0-9-]+)["']""", page.read_text("utf-8")))
    assert used - built_in == set()
    assert len(used) > 10
