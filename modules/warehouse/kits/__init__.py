"""Kits: goods that are assembled of others and taken apart again."""
