"""Costs explained down to their receipts: what the cost of a document's line is made of."""
