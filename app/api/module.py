"""What a module declares of itself."""

from app.registry import FieldGroup, MenuItem, Module, Noun, Permission, Tab

__all__ = [
    "FieldGroup",
    "MenuItem",
    "Module",
    "Noun",
    "Permission",
    "Tab",
]
