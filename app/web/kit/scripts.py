"""Which scripts a part of a page needs: those of the custom elements that stand in it.

They are modules, as a browser runs one once however often a page names it: parts that htmx exchanges bring theirs along.
"""

import re
from collections.abc import Callable
from typing import cast

from flask import Flask
from markupsafe import Markup

#: custom element → its scripts, in the order in which they build on each other
ELEMENTS = {
    "act-queue": ("js/browser-store.js", "js/act-queue.js"),
    "add-texts": ("js/add-texts.js",),
    "count-screen": (
        "js/lines/exact.js",
        "js/scanned-text.js",
        "js/element-patterns.js",
        "js/element-strings.js",
        "js/browser-store.js",
        "js/act-queue.js",
        "js/till/goods.js",
        "js/counting/screen.js",
    ),
    "country-currency": ("js/country-currency.js",),
    "create-link": ("js/scanned-text.js", "js/lines/offers.js", "js/create-link.js"),
    "delivery-proof": ("js/delivery-proof.js",),
    "drop-tree": ("js/drop-tree.js",),
    "figure-chart": ("js/figure-chart.js",),
    "file-drop": ("js/file-drop.js",),
    "find-texts": ("js/scanned-text.js", "js/lines/offers.js", "js/lines/find-texts.js"),
    "form-preview": ("js/form-preview.js",),
    "kept-form": ("js/kept-form.js",),
    "line-grid": (
        "js/lines/exact.js",
        "js/scanned-text.js",
        "js/lines/offers.js",
        "js/lines/judge.js",
        "js/lines/sums.js",
        "js/lines/prices.js",
        "js/lines/proposals.js",
        "js/lines/grid.js",
    ),
    "lookup-field": ("js/scanned-text.js", "js/lines/offers.js", "js/lines/lookup-field.js"),
    "open-parts": ("js/lines/exact.js", "js/open-parts.js"),
    "period-choice": ("js/period-choice.js",),
    "record-made": ("js/record-made.js",),
    "scanner-screen": (
        "js/lines/exact.js",
        "js/scanned-text.js",
        "js/element-patterns.js",
        "js/element-strings.js",
        "js/browser-store.js",
        "js/act-queue.js",
        "js/till/goods.js",
        "js/scanner/screen.js",
    ),
    "task-list": ("js/task-list.js",),
    "tick-all": ("js/tick-all.js",),
    "rights-grid": ("js/rights-grid.js",),
    "till-screen": (
        "js/lines/exact.js",
        "js/scanned-text.js",
        "js/element-patterns.js",
        "js/element-strings.js",
        "js/browser-store.js",
        "js/act-queue.js",
        "js/till/sale.js",
        "js/till/goods.js",
        "js/till/pay.js",
        "js/till/screen.js",
    ),
    "scaled-lines": ("js/lines/scaled-lines.js",),
}
_TAG = re.compile(rf"<({'|'.join(ELEMENTS)})\b")


def install(app: Flask) -> None:
    """Make the filter `with_scripts` known to the templates: what is shown, and behind it the scripts that it needs."""
    address_of = cast("Callable[[str], str]", app.jinja_env.globals["asset"])

    def with_scripts(shown: Markup) -> Markup:
        tag = Markup('<script type="module" src="{}"></script>\n')
        return shown + Markup("").join(tag.format(address_of(name)) for name in scripts_in(shown))

    app.jinja_env.filters["with_scripts"] = with_scripts


def scripts_in(shown: str) -> list[str]:
    """The names of the scripts that a piece of HTML needs, each once, in the order in which they run."""
    present = sorted(set(_TAG.findall(shown)))
    return list(dict.fromkeys(name for element in present for name in ELEMENTS[element]))
