"""Who owes whom how many pallets."""

from app.api.module import MenuItem, Module, Noun, Panel, Permission, Tab
from app.api.texts import lazy_gettext as _l

_STORE = ("storekeeper", "manager")
_GROUP = _l("Pallets")

module = Module(
    name="pallets",
    title=_GROUP,
    version="1.0",
    requires=("contacts",),
    permissions=(
        Permission("pallets.exchange.view", _l("See exchanges of pallets"), (*_STORE, "accountant")),
        Permission("pallets.exchange.post", _l("Record exchanges of pallets"), _STORE),
        Permission("pallets.exchange.reverse", _l("Reverse exchanges of pallets"), _STORE),
    ),
    nouns=(Noun("pallets.exchange", _l("Exchanges of pallets")),),
    menu=(
        MenuItem(_l("Exchanges"), "pallets.exchange_list", "pallets.exchange.view", _GROUP, "transfer"),
        MenuItem(_l("Owed pallets"), "pallets.balance_list", "pallets.exchange.view", _GROUP, "scale"),
    ),
    tabs=(Tab("contacts.contact", _l("Pallets"), "tabs:contact_exchanges", "pallets.exchange.view"),),
    panels=(
        Panel("contacts.contact", _l("Pallets"), "tabs:owed_by", "pallets.exchange.view"),
        # Trade need not be installed: then there is no such document, and nothing to add to.
        Panel("trade.sale", _l("Pallets"), "tabs:to_bring_back", "pallets.exchange.view"),
    ),
)
