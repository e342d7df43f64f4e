"""The trade's pages: the same for each kind of document, and those of its subjects."""

from app.api.web import declare_pages
from modules.trade import tables
from modules.trade.analysis.pages import item_class_matrix as item_class_matrix
from modules.trade.answers import letter as letter
from modules.trade.blueprint import routes as routes
from modules.trade.bridges.pages import bridge_list as bridge_list
from modules.trade.commission.pages import on_commission_list as on_commission_list
from modules.trade.complaints import pages as complaint_pages
from modules.trade.crossing.pages import crossing as crossing
from modules.trade.direct.pages import purchase_order_direct as purchase_order_direct
from modules.trade.early.pages import declare_discounts
from modules.trade.exchanging.pages import sale_exchange as sale_exchange
from modules.trade.figures.pages import declare_figures
from modules.trade.forms import FORMS, TradeForm
from modules.trade.intercompany.pages import own_balance_list as own_balance_list
from modules.trade.kinds import KINDS
from modules.trade.labels.pages import label_new as label_new
from modules.trade.paper.pages import contract_paper as contract_paper
from modules.trade.parcels.letter_pages import parcel_letter as parcel_letter
from modules.trade.parcels.pages import parcel_list as parcel_list
from modules.trade.pipeline.board import declare_pipelines
from modules.trade.points.pages import points_list as points_list
from modules.trade.pricing import price_pages as price_pages
from modules.trade.proposing_page import declare_proposing
from modules.trade.recalls.pages import recall_view as recall_view
from modules.trade.repeating.pages import repetition_list as repetition_list
from modules.trade.replenishing.pages import to_buy_list as to_buy_list
from modules.trade.shipping.pages import shipping_list as shipping_list
from modules.trade.sourcing import pages as sourcing_pages
from modules.trade.sourcing.forms import ImportTaxForm, LandedForm, OfferForm, SupplierRequestForm
from modules.trade.sourcing.requests import REQUEST
from modules.trade.sourcing.tables import supplier_requests
from modules.trade.suppliers.pages import item_supplier_list as item_supplier_list
from modules.trade.taxes.routes import declare_tax_pages
from modules.trade.till import pages as pages
from modules.trade.till import screen as screen
from modules.trade.todo.pages import todo_list as todo_list
from modules.trade.waves.pages import wave_list as wave_list

#: of whose lines something is proposed while one types
PROPOSED = (
    "quote",
    "sales_order",
    "invoice",
    "sale",
    "purchase_order",
    "receipt",
    "purchase",
    "supplier_invoice",
    "landed_cost",
)
_FORMS: dict[str, type[TradeForm]] = {
    **FORMS,
    "supplier_offer": OfferForm,
    "landed_cost": LandedForm,
    "import_tax": ImportTaxForm,
}

declare_discounts(routes)
declare_figures(routes)
declare_tax_pages(routes)
complaint_pages.declare_complaints(routes)
declare_pipelines(routes)

for _noun, _kind in KINDS.items():
    declare_pages(
        routes,
        _kind,
        table=tables.DOCUMENTS[_noun],
        form=_FORMS.get(_noun, TradeForm),
        form_template="trade/document_form.html",
        buttons="trade/document_buttons.html",
        with_prices=not _kind.model.is_bought,
        onward=sourcing_pages.compared if _noun == "supplier_offer" else None,
    )
for _noun in PROPOSED:
    declare_proposing(routes, KINDS[_noun], _FORMS.get(_noun, TradeForm))
declare_pages(routes, REQUEST, table=supplier_requests, form=SupplierRequestForm, buttons="trade/request_buttons.html")
