"""Buying and selling: sales, their returns, purchases, and what was earned by them."""

from collections.abc import Iterator, Sequence
from typing import Any

from app.api.module import Begin, MenuItem, Module, Noun, Panel, Permission, Tab
from app.api.texts import lazy_gettext as _l
from modules.trade import (
    bridges,
    complaints,
    crossing,
    early,
    labels,
    parcels,
    points,
    pricing,
    recalls,
    repeating,
    replenishing,
    sourcing,
    suppliers,
    waves,
)
from modules.trade.menu import PRICES, PURCHASING, SALES, WAREHOUSE

_CHARGED = ("accountant", "manager")
_SALES, _BUYING = ("salesperson", "manager"), ("buyer", "accountant", "manager")
_BILLING = (*_SALES, "accountant")
_DOCUMENTS = (
    (
        "customer_request",
        _l("customer requests"),
        _l("Customer requests"),
        "mail",
        _BILLING,
        _SALES,
    ),
    ("quote", _l("quotes"), _l("Quotes"), "file-text", _BILLING, _SALES),
    ("sales_order", _l("sales orders"), _l("Sales orders"), "clipboard-check", _BILLING, _SALES),
    ("invoice", _l("invoices for payment"), _l("Invoices for payment"), "file-invoice", _BILLING, _BILLING),
    ("sale", _l("sales"), _l("Sales"), "shopping-cart", _BILLING, _SALES),
    ("sales_return", _l("sales returns"), _l("Sales returns"), "arrow-back-up", _BILLING, _SALES),
    (
        "sales_agreement",
        _l("sales agreements"),
        _l("Sales agreements"),
        "file-check",
        _BILLING,
        _SALES,
    ),
    ("supplier_request", _l("requests to suppliers"), _l("Requests to suppliers"), "search", _BUYING, _BUYING),
    ("supplier_offer", _l("suppliers' offers"), _l("Suppliers' offers"), "scale", _BUYING, _BUYING),
    (
        "purchase_agreement",
        _l("purchase agreements"),
        _l("Purchase agreements"),
        "file-check",
        _BUYING,
        _BUYING,
    ),
    ("purchase_order", _l("purchase orders"), _l("Purchase orders"), "clipboard-list", _BUYING, _BUYING),
    ("receipt", _l("order receipts"), _l("Order receipts"), "package-import", _BUYING, _BUYING),
    ("purchase", _l("purchases"), _l("Purchases"), "truck-delivery", _BUYING, _BUYING),
    ("supplier_invoice", _l("supplier invoices"), _l("Supplier invoices"), "file-dollar", _BUYING, _CHARGED),
    ("receipt_return", _l("receipt returns"), _l("Receipt returns"), "package-export", _BUYING, _BUYING),
    ("landed_cost", _l("landed costs"), _l("Landed costs"), "world", _BUYING, _BUYING),
    ("import_tax", _l("import taxes"), _l("Import taxes"), "receipt-tax", _CHARGED, _CHARGED),
    ("purchase_return", _l("purchase returns"), _l("Purchase returns"), "package-export", _BUYING, _BUYING),
)
#: where what is bought begins
_BOUGHT = [noun for noun, *_ in _DOCUMENTS].index("supplier_request")
#: as an agent's report is a sale, and a report to a principal a purchase
_COMMISSION = (
    (
        "commission_move",
        _l("goods on commission"),
        _l("Goods on commission"),
        "transfer",
        _BUYING,  # and no storekeeper: its lines say prices
        _BUYING,
    ),
    ("agent_report", _l("agents' reports"), _l("Agents' reports"), "clipboard-check", _BILLING, _BILLING),
    (
        "principal_report",
        _l("reports to principals"),
        _l("Reports to principals"),
        "clipboard-list",
        _CHARGED,
        _CHARGED,
    ),
)
#: A purchase says what goods are bought for, in its lines and in what it comes to: there is nothing of it without prices.
_REQUIRED: dict[str, tuple[str, ...]] = dict.fromkeys(
    (
        "supplier_offer",
        "purchase_agreement",
        "purchase_order",
        "receipt",
        "purchase",
        "supplier_invoice",
        "receipt_return",
        "landed_cost",
        "import_tax",
        "purchase_return",
        "principal_report",
    ),
    ("warehouse.cost",),
)
#: and a sale what they are sold for
_REQUIRED |= dict.fromkeys(
    (
        "quote",
        "sales_order",
        "invoice",
        "sale",
        "sales_return",
        "sales_agreement",
        "agent_report",
        "commission_move",
    ),
    ("warehouse.price",),
)


def _lists(group: object, documents: Sequence[tuple[Any, ...]]) -> Iterator[MenuItem]:
    for noun, _, title, icon, _, _ in documents:
        yield MenuItem(title, f"trade.{noun}_list", f"trade.{noun}.view", group, icon)


module = Module(
    name="trade",
    title=_l("Trade"),
    version="1.0",
    requires=("contacts", "warehouse"),
    permissions=(
        *(
            permission
            for noun, title, _, _, viewers, writers in (*_DOCUMENTS, *_COMMISSION)
            for permission in (
                Permission(f"trade.{noun}.view", _l("See %(what)s", what=title), viewers, _REQUIRED.get(noun, ())),
                Permission(f"trade.{noun}.edit", _l("Draft %(what)s", what=title), writers),
                Permission(f"trade.{noun}.post", _l("Post %(what)s", what=title), writers),
                Permission(f"trade.{noun}.reverse", _l("Reverse %(what)s", what=title), writers),
            )
        ),
        Permission(
            "trade.shipping.view",
            _l("See what to ship and to receive, without prices"),
            ("storekeeper", "manager"),
            requires=("warehouse.item.view",),
        ),
        Permission("trade.todo.view", _l("See what to do in sales"), _SALES),
        Permission("trade.shipping.post", _l("Ship and receive what is ordered"), ("storekeeper", "manager")),
        Permission(
            "trade.result.view",
            _l("See sales figures"),
            (*_SALES, "accountant"),
            # whose names they are made of, and what goods are sold for
            requires=("contacts.contact.view", "warehouse.item.view", "warehouse.price"),
        ),
        Permission(
            "trade.tax.view",
            _l("See taxes"),
            ("accountant", "manager"),
            requires=("contacts.contact.view", "warehouse.item.view", "warehouse.cost"),  # what is bought is in them
        ),
        Permission("trade.tax.edit", _l("Edit tax codes"), ("accountant",)),
        Permission("trade.till.use", _l("Sell at a till"), _SALES, requires=("warehouse.item.view", "warehouse.price")),
        Permission("trade.till.return", _l("Take returns at a till"), _SALES, requires=("trade.till.use",)),
        Permission("trade.till.close", _l("Pay in and out, and close shifts"), _SALES, requires=("trade.till.use",)),
        Permission("trade.till.edit", _l("Set up tills"), ("manager",)),
        Permission("trade.shift.view", _l("See the shifts of all tills"), ("accountant", "manager")),
        Permission(
            "trade.direct.post",
            _l("Record what suppliers deliver to customers"),
            ("manager",),
            requires=("trade.purchase.post", "trade.sale.post"),
        ),
        Permission("trade.repetition.view", _l("See repeating documents"), _BILLING),
        Permission("trade.repetition.edit", _l("Repeat documents"), _BILLING),
        *sourcing.PERMISSIONS,
        *replenishing.PERMISSIONS,
        *suppliers.PERMISSIONS,
        Permission(
            "trade.own_sale.view",
            _l("See what own organisations owe each other"),
            _CHARGED,
            requires=("contacts.contact.view", "contacts.statement.view"),
        ),
        Permission("trade.own_sale.edit", _l("Say which contacts own organisations are"), ("manager",)),
        *pricing.PERMISSIONS,
        *points.PERMISSIONS,
        *complaints.PERMISSIONS,
        *early.PERMISSIONS,
        *parcels.PERMISSIONS,
        *bridges.PERMISSIONS,
    ),
    nouns=(
        Noun("trade.customer_request", _l("Customer requests"), {"salesperson": "own"}),
        Noun("trade.quote", _l("Quotes"), {"salesperson": "own"}),
        Noun("trade.sales_order", _l("Sales orders"), {"salesperson": "own"}),
        Noun("trade.invoice", _l("Invoices for payment"), {"salesperson": "own"}),
        Noun("trade.sale", _l("Sales"), {"salesperson": "own"}),
        Noun("trade.sales_return", _l("Sales returns"), {"salesperson": "own"}),
        Noun("trade.sales_agreement", _l("Sales agreements"), {"salesperson": "own"}),
        Noun("trade.supplier_request", _l("Requests to suppliers")),
        Noun("trade.supplier_offer", _l("Suppliers' offers")),
        Noun("trade.purchase_agreement", _l("Purchase agreements")),
        Noun("trade.purchase_order", _l("Purchase orders")),
        Noun("trade.receipt", _l("Order receipts")),
        Noun("trade.purchase", _l("Purchases")),
        Noun("trade.supplier_invoice", _l("Supplier invoices")),
        Noun("trade.receipt_return", _l("Receipt returns")),
        Noun("trade.landed_cost", _l("Landed costs")),
        Noun("trade.import_tax", _l("Import taxes")),
        Noun("trade.purchase_return", _l("Purchase returns")),
        Noun("trade.commission_move", _l("Goods on commission")),
        Noun("trade.agent_report", _l("Agents' reports"), {"salesperson": "own"}),
        Noun("trade.principal_report", _l("Reports to principals")),
        *complaints.NOUNS,
        *points.NOUNS,
        *early.NOUNS,
    ),
    menu=(
        MenuItem(_l("To do"), "trade.todo_list", "trade.todo.view", SALES, "circle-check"),
        *_lists(SALES, _DOCUMENTS[:_BOUGHT]),
        *complaints.MENU,
        early.MENU[0],
        *_lists(SALES, _COMMISSION[1:2]),
        MenuItem(_l("Repeating documents"), "trade.repetition_list", "trade.repetition.view", SALES, "refresh"),
        MenuItem(_l("Counter sale"), "trade.till_open", "trade.till.use", SALES, "cash-register"),
        MenuItem(_l("Shifts"), "trade.shift_list", "trade.shift.view", SALES, "clock"),
        MenuItem(_l("ABC/XYZ analysis"), "trade.item_class_matrix", "trade.result.view", SALES, "chart-bar"),
        MenuItem(_l("Sales pipeline"), "trade.pipeline_sales", "trade.sales_order.view", SALES, "chart-bar"),
        MenuItem(_l("Sales figures"), "trade.result_list", "trade.result.view", SALES, "chart-bar"),
        *replenishing.MENU,
        *_lists(PURCHASING, (*_DOCUMENTS[_BOUGHT:], _COMMISSION[2])),
        MenuItem(
            _l("Purchase pipeline"), "trade.pipeline_purchases", "trade.purchase_order.view", PURCHASING, "chart-bar"
        ),
        early.MENU[1],
        *sourcing.MENU,
        *suppliers.MENU,
        MenuItem(_l("Ship and receive"), "trade.shipping_list", "trade.shipping.view", WAREHOUSE, "packages"),
        *waves.MENU,
        *parcels.MENU,
        *bridges.MENU,
        *_lists(WAREHOUSE, _COMMISSION[:1]),
        MenuItem(_l("On commission"), "trade.on_commission_list", "trade.commission_move.view", WAREHOUSE, "chart-bar"),
        *pricing.MENU,
        *points.MENU,
        MenuItem(_l("Tax report"), "trade.tax_list", "trade.tax.view", PRICES, "percentage"),
        MenuItem(_l("Tax codes"), "trade.tax_code_list", "trade.tax.view", PRICES, "receipt-tax"),
        MenuItem(_l("Between own organisations"), "trade.own_balance_list", "trade.own_sale.view", SALES, "building"),
        MenuItem(_l("Tills"), "trade.till_list", "trade.till.edit", _l("Administration"), "cash-register"),
    ),
    fields={
        "count": _l("How many times"),
        "expires": _l("Use by"),
        "logistic_unit": _l("Box or pallet"),
        "lots": _l("Lots"),
        "second": _l("Second quantity"),
        "every": _l("How often"),
        "first": _l("First day"),
        "mails": _l("Send by e-mail"),
        "month_end": _l("On the last day of the month"),
        "posts": _l("Post at once"),
        "prices": _l("Prices"),
        "turn": _l("Times behind it"),
        **sourcing.FIELDS,
        **suppliers.FIELDS,
        **complaints.FIELDS,
        **early.FIELDS,
        **parcels.FIELDS,
        **waves.FIELDS,
        **points.FIELDS,
        **bridges.FIELDS,
        "delivery": _l("Delivery"),
        "discount": _l("Discount"),
        "net": _l("Net"),
        "priority": _l("Priority"),
        "way": _l("Which way"),
        "commission": _l("Commission, sum"),
        "reserved_until": _l("Reserved until"),
        "reserves": _l("Reserve goods"),
        "reopens": _l("To be replaced"),
        "supplier_day": _l("Day of the supplier's invoice"),
        "supplier_number": _l("Supplier's number"),
        "tax": _l("Tax"),
        "tax_included": _l("Prices include tax"),
        "tax_rate": _l("Tax rate"),
        "tax_rounding": _l("Tax is rounded"),
        "valid_until": _l("Valid until"),
        "answer_by": _l("Answer by"),
        "direct": _l("Delivered by"),
        "ship_to": _l("Delivered to"),
        "asked": _l("What is asked"),
        "channel": _l("How it came"),
        "makes_order": _l("Acceptance makes a draft order"),
        "request_id": _l("Customer request"),
        "tax_category": _l("Category of tax"),
        "tax_code_id": _l("Tax code"),
        "reverse_rate": _l("Rate of the reverse charge"),
        "is_cash": _l("Paid in cash"),
        "rounding": _l("Rounding"),
        "coupon": _l("Coupon"),
        "most_by_contact": _l("Coupon: uses by a customer"),
        "most_uses": _l("Coupon: uses in all"),
        "from_quantity": _l("From quantity"),
        "least": _l("Least margin, %"),
        "least_margin": _l("Least margin, %"),
        "left_before": _l("Cash left by the shift before"),
        "opening": _l("Cash counted at the opening"),
        "pricing": _l("How it was priced"),
        "since": _l("First day"),
        "stacking": _l("Several discounts"),
        "until": _l("Last day"),
    },
    words={
        **pricing.WORDS,
        "trade.repetition": _l("Repeating documents"),
        "trade.repetition_turn": _l("Days of repeating documents"),
        "trade.commission_place": _l("Places of goods on commission"),
        "trade.landed_on": _l("What landed costs are spread over"),
        "trade.quote_answer": _l("Answers to quotes"),
        "trade.quote_link": _l("Links to quotes"),
        **sourcing.WORDS,
        **replenishing.WORDS,
        **suppliers.WORDS,
        **complaints.WORDS,
        **parcels.WORDS,
        **waves.WORDS,
        **crossing.WORDS,
        **points.WORDS,
        **bridges.WORDS,
        "trade.shipping": _l("Ship and receive"),
        "trade.purchase_price": _l("Purchase prices"),
        "trade.own_sale": _l("Between own organisations"),
        "trade.todo": _l("To do"),
        "trade.direct": _l("Direct deliveries"),
        "trade.price_agreement": _l("Agreed prices"),
        "trade.price": _l("Prices"),
        "trade.sales": _l("Sales"),
        "trade.tax_code": _l("Tax code"),
        "trade.tax_default": _l("Tax of an item or contact"),
        "trade.tax_policy": _l("Tax settings"),
        "trade.taxes": _l("Taxes"),
        "trade.own_contact": _l("Own organisation"),
        "trade.commission": _l("Goods on commission"),
        "trade.consigned": _l("Sales of principals' goods"),
        "trade.till": _l("Till"),
        "trade.own_payment": _l("Payments between own organisations"),
        "what one own organisation sells the other buys, and what one reverses the other does": _l(
            "what one own organisation sells the other buys, and what one reverses the other does"
        ),
        "trade.shift": _l("Shift"),
        "a till serves whoever stands before it, with the till's own customer or theirs": _l(
            "a till serves whoever stands before it, with the till's own customer or theirs"
        ),
        # why somebody's scope was left: as the code says it
        "what was ordered is shipped and received by whoever does that, without its prices": _l(
            "what was ordered is shipped and received by whoever does that, without its prices"
        ),
        "a paper names whom it is for, to whoever may know and to themselves": _l(
            "a paper names whom it is for, to whoever may know and to themselves"
        ),
        "are there contacts of this file that are not open to the actor?": _l(
            "are there contacts of this file that are not open to the actor?"
        ),
        "how many openings did this preset make before?": _l("how many openings did this preset make before?"),
        "what of this file is in the books already?": _l("what of this file is in the books already?"),
        "what an order awaits is true whoever sends back what came of it": _l(
            "what an order awaits is true whoever sends back what came of it"
        ),
    },
    begins=(
        Begin(
            "contacts.contact",
            _l("New customer request"),
            "trade.customer_request_new",
            "trade.customer_request.edit",
            "contact",
            "mail",
        ),
        Begin(
            "contacts.contract",
            _l("Contract as PDF"),
            "trade.contract_paper",
            "contacts.contract.view",
            "contract_id",
            "file-type-pdf",
        ),
        Begin("contacts.contact", _l("New quote"), "trade.quote_new", "trade.quote.edit", "contact", "file-text"),
        Begin(
            "contacts.contact",
            _l("New sales order"),
            "trade.sales_order_new",
            "trade.sales_order.edit",
            "contact",
            "clipboard-check",
            "Alt+O",
        ),
        Begin(
            "contacts.contact", _l("New sale"), "trade.sale_new", "trade.sale.edit", "contact", "shopping-cart", "Alt+S"
        ),
        Begin(
            "contacts.contact",
            _l("New purchase"),
            "trade.purchase_new",
            "trade.purchase.edit",
            "contact",
            "truck-delivery",
            "Alt+B",
        ),
        *(
            Begin(
                f"trade.{noun}",
                _l("Repeat…"),
                "trade.repetition_new",
                "trade.repetition.edit",
                "document",
                "refresh",
                of_drafts=True,
                also=f"trade.{noun}.edit",
            )
            for noun in repeating.NOUNS
        ),
        *complaints.BEGINS,
        *parcels.BEGINS,
        *crossing.BEGINS,
        *labels.BEGINS,
        *points.BEGINS,
    ),
    panels=(
        Panel("warehouse.item", _l("Free and expected"), "tabs:availability_of", "warehouse.stock.view"),
        *parcels.PANELS,
        *recalls.PANELS,
        *replenishing.PANELS,
        *points.PANELS,
        *(
            Panel(f"trade.{noun}", _l("Margin"), "tabs:margin_of", "trade.result.view")
            for noun in ("sale", "sales_return")
        ),
        Panel("trade.landed_cost", _l("Spread over goods"), "tabs:spread_facts", "trade.landed_cost.view"),
        *(
            Panel(f"trade.{noun}", _l("Repeats"), "tabs:repetitions_of", "trade.repetition.view")
            for noun in repeating.NOUNS
        ),
        *(
            Panel(f"trade.{noun}", _l("Own organisation"), "tabs:other_side_facts", f"trade.{noun}.view")
            for noun in ("sale", "sales_return", "purchase", "purchase_return")
        ),
        Panel("contacts.payment", _l("Own organisation"), "tabs:other_payment_facts", "contacts.payment.view"),
        Panel("trade.quote", _l("Customer's answer"), "tabs:answer_facts", "trade.quote.view"),
    ),
    tabs=(
        Tab(
            "trade.quote",
            _l("Customer's answer"),
            "tabs:quote_answers",
            "trade.quote.view",
            address="/trade/quotes/<int:document_id>/answers",
            help="trade.quote",
        ),
        Tab(
            "contacts.contact",
            _l("Documents"),
            "tabs:contact_documents",
            "contacts.contact.view",
            address="/trade/contacts/<int:contact_id>",
        ),
        Tab("contacts.contact", _l("Sales figures"), "tabs:contact_results", "trade.result.view", group="trade"),
        Tab("warehouse.item", _l("Sales figures"), "tabs:item_results", "trade.result.view", group="trade"),
        *pricing.TABS,
        *points.TABS,
        *suppliers.TABS,
        *sourcing.TABS,
        *complaints.TABS,
        Tab("contacts.contact", _l("Tax"), "tabs:contact_tax", "trade.tax.view", help="trade.tax_code", group="money"),
        Tab("warehouse.item", _l("Tax"), "tabs:item_tax", "trade.tax.view", help="trade.tax_code", group="money"),
    ),
)
