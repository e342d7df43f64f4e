"""Which modules are installed, what they contribute, and which of them are on."""

from app.registry.discovery import Installed, discover
from app.registry.manifest import Begin, FieldGroup, MenuItem, Module, Noun, Panel, Permission, Tab
from app.registry.models import Generation, ModuleState

__all__ = [
    "Begin",
    "FieldGroup",
    "Generation",
    "Installed",
    "MenuItem",
    "Module",
    "ModuleState",
    "Noun",
    "Panel",
    "Permission",
    "Tab",
    "discover",
]
