"""What neighbours may import of trade: its documents."""

from modules.trade.models import Purchase, Sale

__all__ = [
    "Purchase",
    "Sale",
]
