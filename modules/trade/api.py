"""What neighbours may import of trade: its documents, and what carries parcels."""

from modules.trade.models import Purchase, Sale
from modules.trade.parcels.carriers import Carrier

__all__ = [
    "Carrier",
    "Purchase",
    "Sale",
]
