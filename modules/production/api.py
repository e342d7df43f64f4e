"""What neighbours may import of production: bills of materials and work orders."""

from modules.production.models import Bom, WorkOrder

__all__ = [
    "Bom",
    "WorkOrder",
]
