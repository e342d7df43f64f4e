"""What a module declares of itself."""

from app.registry import FieldGroup, MenuItem, Module, Noun, Panel, Permission, Tab

__all__ = [
    "FieldGroup",
    "MenuItem",
    "Module",
    "Noun",
    "Panel",
    "Permission",
    "Tab",
]
