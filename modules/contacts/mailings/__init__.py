"""Statements and reconciliation acts sent to many contacts by a schedule (docs/adr/0055)."""
