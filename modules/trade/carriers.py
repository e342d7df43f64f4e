"""The carriers that trade knows by itself: our own people, and those whose tracking numbers are typed."""

from app.api.texts import lazy_gettext as _l
from modules.trade.parcels.carriers import Carrier

#: its number is that of the parcel, as its label has it in bars
own = Carrier("own", _l("Own delivery"), announce=lambda _session, parcel: parcel.code, is_own=True)
dhl = Carrier("dhl", "DHL", tracking_page="https://www.dhl.com/global-en/home/tracking.html?tracking-id={number}")
cdek = Carrier("cdek", "СДЭК", tracking_page="https://www.cdek.ru/ru/tracking?order_id={number}")
ghn = Carrier("ghn", "Giao Hàng Nhanh", tracking_page="https://donhang.ghn.vn/?order_code={number}")
other = Carrier("other", _l("Another carrier"))
