"""Help beside the page: Markdown files, one for each screen and language, read once.

A page is called `module.noun`, and lies in the module's `help/<language>/<noun>.md`; the core's lie here. It links to others
as `help:trade.sale`, and to screens as `screen:trade.sale_list`. Which screen has which page, routes say:
`app/web/edge/routing.py`.
"""

from app.help.library import CORE, FIRST, Library
from app.help.pages import LINK, Page, Section, folded_words
from app.help.searching import Found, search_help

__all__ = ["CORE", "FIRST", "Found", "LINK", "Library", "Page", "Section", "folded_words", "search_help"]
