"""Transfers in two steps: goods on their way between two warehouses, and how they arrive."""
