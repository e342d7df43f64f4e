"""Of Tabler's style sheet the build keeps what classes.txt lists, and every class of it that our pages use is listed."""

import fnmatch
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import hatch_build  # noqa: E402  (it lies beside the packages, where pip looks for it)

LITERAL = re.compile(r""""([^"]*)"|'([^']*)'|`([^`]*)`""")
#: where a class is given to something: an attribute, an argument, a property, a list
GIVEN = {
    ".html": re.compile(r"""\bclass="((?:\{\{.*?\}\}|\{%.*?%\}|[^"])*)"|\{\{([^}]*\bclass=[^}]*)\}\}""", re.S),
    ".js": re.compile(r"""(\bclass(?:Name|List)\b.*)"""),
    ".py": re.compile(r"""((?:\bclass_=|["']class["']|\bclass=).*)"""),
}


@pytest.mark.parametrize(
    ("css", "kept"),
    [
        (".btn{color:red}", ".btn{color:red}"),
        (".btn-azure{color:red}", ""),
        (".btn,.btn-azure{color:red}", ".btn{color:red}"),
        (".btn-azure .btn{color:red}", ""),
        (".col-6{width:50%}", ".col-6{width:50%}"),
        (".btn:not(.btn-azure):hover{color:red}", ".btn:not(.btn-azure):hover{color:red}"),
        ("a:is(b,i)>c{color:red}", "a:is(b,i)>c{color:red}"),
        ("html,[data-bs-theme=dark] .btn{color:red}", "html{color:red}"),
        (":root,[data-bs-theme=light]{--x:1}", ":root,[data-bs-theme=light]{--x:1}"),
        ("@media print{.btn{color:red}.modal{color:red}}", "@media print{.btn{color:red}}"),
        ("@media print{.modal{color:red}}", ""),
        ("@media print{@supports (gap:1px){.btn{gap:1px}}}", "@media print{@supports (gap:1px){.btn{gap:1px}}}"),
        (
            "@keyframes spin{to{top:0}}@keyframes other{to{top:0}}.btn{animation:1s spin}.modal{animation:other 1s}",
            ".btn{animation:1s spin}@keyframes spin{to{top:0}}",
        ),
        (
            '.btn{background:url("data:image/svg+xml,%3csvg/%3e")}',
            '.btn{background:url("data:image/svg+xml,%3csvg/%3e")}',
        ),
    ],
)
def test_rules_whose_classes_are_all_listed_are_kept(css: str, kept: str) -> None:
    assert hatch_build.used_css(css, ["btn", "col-?"]) == kept


def _given(kind: str, text: str) -> Iterator[str]:
    """What pages give as classes, and every quoted word with a hyphen, as macros and scripts get classes in other ways too."""
    for found in GIVEN[kind].findall(text):
        attribute, code = found if isinstance(found, tuple) else ("", found)
        yield from re.sub(r"\{[{%].*?[%}]\}", " ", attribute, flags=re.S).split()
        for literal in LITERAL.findall(" ".join(re.findall(r"\{[{%].*?[%}]\}", attribute, re.S)) + code):
            yield from " ".join(literal).split()
    for literal in LITERAL.findall(text):
        yield from (word for word in " ".join(literal).split() if "-" in word)


def test_every_class_of_tabler_that_our_pages_use_is_built_in() -> None:
    left_out = set((ROOT / hatch_build.VENDOR / hatch_build.LEFT_OUT).read_text("utf-8").split())
    assert {"modal", "btn-azure", "carousel"} <= left_out
    files = [p for folder in ("app", "modules", "examples") for p in (ROOT / folder).rglob("*") if p.suffix in GIVEN]
    used = {
        (word, path.relative_to(ROOT).as_posix())
        for path in files
        if "vendor" not in path.parts
        for word in _given(path.suffix, path.read_text("utf-8"))
    }
    assert len(files) > 100
    assert {"btn", "form-select", "is-invalid", "visually-hidden", "kept-note", "d-inline"} <= {
        word for word, _ in used
    }
    assert sorted((word, where) for word, where in used if word in left_out) == []


@pytest.mark.parametrize(
    ("kind", "text", "classes"),
    [
        (".html", '<a class="btn{{ " active" if on }} me-3">', {"btn", "active", "me-3"}),
        (".html", "<a class=\"btn{{ '' if on else ' modal' }}\">", {"btn", "modal"}),
        (".html", '{{ field(class=("page" if on else "x") ~ " y") }}', {"page", "x", "y"}),
        (".html", '{{ post_button(url, "trash", "btn btn-azure") }}', {"btn-azure"}),
        (".js", 'part.className = open ? "page" : "x";', {"page", "x"}),
        (".js", 'part.classList.toggle("show", on);', {"show"}),
        (".py", 'field(class_="page num")', {"page", "num"}),
        (".py", """render_kw={"class": 'page'}""", {"page", "class"}),
    ],
)
def test_classes_are_found_however_they_are_given(kind: str, text: str, classes: set[str]) -> None:
    assert classes == set(_given(kind, text))


def test_every_name_of_the_list_stands_for_a_class_of_tabler() -> None:
    built_in = hatch_build.classes_of((ROOT / hatch_build.VENDOR / "tabler.css").read_text("utf-8"))
    assert [name for name in hatch_build.listed_classes(ROOT) if not fnmatch.filter(built_in, name)] == []
