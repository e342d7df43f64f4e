"""The note that goes with goods on a vehicle: shipper, consignee, carrier and cargo, in the shape of a CMR note, of the Russian
транспортная накладная and of the Vietnamese phiếu vận chuyển. No price is on it; what isn't known is left to be written by pen.

CMR: Convention on the contract for the international carriage of goods by road, article 6. Russia: the form of decree 2200 of
2020-12-21.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.prints import Form
from app.api.reference import organisation, unit_word
from app.api.texts import day, number
from app.api.texts import lazy_gettext as _l
from modules.trade import carriers as own_carriers
from modules.trade.bridges.settings import bridged_carriers
from modules.trade.models import Sale, TradeDocument
from modules.trade.paper.invoice import FOLDER
from modules.trade.paper.parties import contact_party, our_party, party_lines
from modules.trade.parcels.carriers import Carrier
from modules.trade.parcels.models import Parcel
from modules.warehouse.api import GOODS

_KIND = str(Sale.__mapper_args__["polymorphic_identity"])
#: an empty line
PEN = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the carriage."""

    sender: list[str]
    consignee: list[str]
    #: where it goes, and where and when it is taken
    to: list[str]
    origin: list[str]
    carriers: list[str]
    parcels: Sequence[Parcel]
    #: kilograms as text; empty: not known
    weight: str
    sale: str


def _facts(session: Session, document: TradeDocument) -> Facts:
    us, them = our_party(session, document.currency), contact_party(session, document)
    found = session.scalars(select(Parcel).where(Parcel.sale_id == document.id).order_by(Parcel.position)).all()
    known = _carriers(session)
    titles = dict.fromkeys(
        str(known[p.carrier].title) for p in found if p.carrier in known and not known[p.carrier].is_own
    )
    own = [us["name"]] if any(p.carrier in known and known[p.carrier].is_own for p in found) else []
    to = (document.ship_to or them["address"]).splitlines()
    return Facts(
        [us["name"], *party_lines(us)],
        [them["name"], *party_lines(them)],
        to or [PEN],
        [document.place.name, day(document.moment)],
        [*own, *titles] or [PEN, PEN],
        found,
        _weight(document, found),
        document.number or "",
    )


def _carriers(session: Session) -> dict[str, Carrier]:
    """Those that trade knows by itself, and those that are connected: a job prints, too, and knows no page's company."""
    return {c.name: c for c in vars(own_carriers).values() if isinstance(c, Carrier)} | bridged_carriers(session)


def _weight(document: TradeDocument, parcels: Sequence[Parcel]) -> str:
    """Of the parcels, where each was weighed; else of the goods, where each item says its weight; else not known."""
    if parcels and all(p.weight is not None for p in parcels):
        return number(sum((p.weight for p in parcels if p.weight is not None), Decimal(0)))
    goods = _goods(document)
    if goods and all(line.item.weight is not None for line in goods):
        return number(sum((line.item.weight * line.quantity for line in goods), Decimal(0)).quantize(Decimal("0.001")))
    return ""


def _goods(document: TradeDocument) -> list[Any]:
    return [line for line in document.lines if line.item.kind == GOODS]


def _part(
    title: object, rows: Sequence[str] = (), *, number: str = "", width: int = 1, pens: int = 1
) -> dict[str, Any]:
    return {"title": str(title), "rows": list(rows) or [PEN] * pens, "number": number, "width": width}


def _data(
    session: Session,
    document: TradeDocument,
    *,
    heading: str,
    under: str,
    words: dict[str, str],
    columns: Sequence[str],
    parts: Callable[[Facts], tuple[list[dict[str, Any]], list[dict[str, Any]], list[tuple[str, str]]]],
) -> dict[str, Any]:
    facts, goods = _facts(session, document), _goods(document)
    before, after, signatures = parts(facts)
    weights = [line.item.weight for line in goods]
    return {
        "title": f"{heading} {facts.sale}",
        "heading": heading,
        "under": under,
        "words": words,
        "columns": list(columns),
        "number": facts.sale,
        "day": day(document.moment),
        "before": before,
        "after": after,
        "signatures": signatures,
        "cargo": [
            [
                line.item.code,
                line.item.name,
                unit_word(line.item.unit.name),
                number(line.quantity),
                "",
                number((weight * line.quantity).quantize(Decimal("0.001"))) if weight is not None else "",
            ]
            for line, weight in zip(goods, weights, strict=True)
        ],
        "quantity": number(sum((line.quantity for line in goods), Decimal(0))) if _is_one_unit(goods) else "",
        "places": str(len(facts.parcels) or ""),
        "weight": facts.weight,
    }


def _is_one_unit(goods: Sequence[Any]) -> bool:
    return len({line.item.unit.name for line in goods}) == 1


def _marks(facts: Facts) -> list[str]:
    return [", ".join(p.tracking or p.code for p in facts.parcels)] if facts.parcels else []


def consignment_data(session: Session, document: TradeDocument) -> dict[str, Any]:
    """The international note, in the reader's language; its boxes have the numbers of a CMR note."""

    def parts(f: Facts) -> Any:
        before = [
            _part(_l("Sender"), f.sender, number="1"),
            _part(_l("Carrier"), f.carriers, number="16"),
            _part(_l("Consignee"), f.consignee, number="2"),
            _part(_l("Vehicle, trailer and driver"), number="17", pens=3),
            _part(_l("Place of delivery"), f.to, number="3"),
            _part(_l("Place and day of taking over"), f.origin, number="4"),
            _part(_l("Documents attached"), number="5"),
            _part(_l("Marks and numbers of the packages"), _marks(f), number="6"),
        ]
        after = [
            _part(_l("Sender's instructions"), number="13", pens=2),
            _part(_l("Carrier's reservations and observations"), number="18", pens=2),
            _part(_l("Special agreements"), number="19"),
            _part(_l("Established in, on"), number="21"),
        ]
        signs = [
            (str(_l("22 Sender")), f.sender[0]),
            (str(_l("23 Carrier")), ""),
            (str(_l("24 Goods received, on")), ""),
        ]
        return before, after, signs

    return _data(
        session,
        document,
        heading=str(_l("Consignment note")),
        under=str(_l("Carriage by road, after the CMR convention")),
        words={
            "number": str(_l("Number")),
            "day": str(_l("Date")),
            "total": str(_l("Total")),
            "signature": str(_l("Signature")),
        },
        columns=[
            str(each)
            for each in (
                _l("Code"),
                _l("Nature of the goods"),
                _l("Unit"),
                _l("Quantity"),
                _l("Packages"),
                _l("Weight, kg"),
            )
        ],
        parts=parts,
    )


def russian_data(session: Session, document: TradeDocument) -> dict[str, Any]:
    """Транспортная накладная: its sections in their order, in Russian whoever prints it."""

    def parts(f: Facts) -> Any:
        before = [
            _part("Грузоотправитель", f.sender, number="1"),
            _part("Грузополучатель", f.consignee, number="2"),
            _part("Сопроводительные документы на груз", [f"Накладная № {f.sale}", PEN], number="4"),
            _part("Указания грузоотправителя по особым условиям перевозки", number="5", pens=2),
            _part("Перевозчик", f.carriers, number="6"),
            _part("Транспортное средство (марка, регистрационный номер), водитель", number="7", pens=2),
            _part("Груз: отметки и номера мест; сам груз – ниже", _marks(f), number="3", width=2),
        ]
        after = [
            _part("Приём груза: место и дата погрузки", [*f.origin, PEN], number="8"),
            _part("Выдача груза: место выгрузки, дата и время", [*f.to, PEN], number="10"),
            _part("Переадресовка", number="9"),
            _part("Отметки грузоотправителей, грузополучателей, перевозчиков", number="11"),
            _part("Стоимость услуг перевозчика и порядок расчёта", number="12", width=2),
        ]
        signs = [("Груз сдал (грузоотправитель)", ""), ("Груз принял к перевозке (водитель)", ""), ("Груз получил", "")]
        return before, after, signs

    return _data(
        session,
        document,
        heading="Транспортная накладная",
        under="По форме постановления Правительства РФ от 21.12.2020 № 2200",
        words={"number": "Номер", "day": "Дата", "total": "Всего", "signature": "подпись"},
        columns=("Код", "Наименование груза", "Ед.", "Количество", "Мест", "Масса брутто, кг"),
        parts=parts,
    )


def vietnamese_data(session: Session, document: TradeDocument) -> dict[str, Any]:
    """Phiếu vận chuyển, in Vietnamese whoever prints it."""

    def parts(f: Facts) -> Any:
        before = [
            _part("Bên gửi hàng", f.sender, number="1"),
            _part("Bên nhận hàng", f.consignee, number="2"),
            _part("Đơn vị vận chuyển", f.carriers, number="3"),
            _part("Phương tiện, biển số; lái xe, số giấy phép", number="4", pens=2),
            _part("Nơi và ngày nhận hàng để chở", f.origin, number="5"),
            _part("Nơi giao hàng", f.to, number="6"),
            _part("Ký mã hiệu, số kiện", _marks(f), number="7", width=2),
        ]
        after = [
            _part("Chứng từ kèm theo", number="8"),
            _part("Yêu cầu khi vận chuyển", number="9"),
            _part("Tình trạng hàng khi giao, ghi chú", number="10", width=2, pens=2),
        ]
        return before, after, [("Người gửi hàng", ""), ("Lái xe", ""), ("Người nhận hàng", "")]

    return _data(
        session,
        document,
        heading="Phiếu vận chuyển",
        under="Hàng hóa vận chuyển bằng đường bộ",
        words={"number": "Số", "day": "Ngày", "total": "Cộng", "signature": "ký, họ tên"},
        columns=("Mã", "Tên hàng hóa", "Đơn vị", "Số lượng", "Số kiện", "Khối lượng, kg"),
        parts=parts,
    )


def _has_goods(_session: Session, document: TradeDocument) -> bool:
    return bool(_goods(document))


def _in(country: str) -> Callable[[Session, TradeDocument], bool]:
    return lambda session, document: organisation(session).country == country and _has_goods(session, document)


_TEMPLATE = FOLDER / "transport.typ"
consignment_note = Form(
    "trade.consignment_note",
    _l("Consignment note"),
    (_KIND,),
    _TEMPLATE,
    consignment_data,
    _has_goods,
    is_for_partner=True,
)
transport_note = Form(
    "trade.transport_note",
    _l("Transport note (транспортная накладная)"),
    (_KIND,),
    _TEMPLATE,
    russian_data,
    _in("RU"),
    language="ru",
    is_for_partner=True,
)
carriage_note = Form(
    "trade.carriage_note",
    _l("Transport note (phiếu vận chuyển)"),
    (_KIND,),
    _TEMPLATE,
    vietnamese_data,
    _in("VN"),
    language="vi",
    is_for_partner=True,
)
