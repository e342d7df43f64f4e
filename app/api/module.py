"""What a module declares of itself."""

from app.registry import Begin, FieldGroup, MenuItem, Module, Noun, Panel, Permission, Tab

__all__ = [
    "Begin",
    "FieldGroup",
    "MenuItem",
    "Module",
    "Noun",
    "Panel",
    "Permission",
    "Tab",
]
