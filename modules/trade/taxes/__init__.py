"""Taxes: codes with dated rates, which of them a line has, and what is owed of them for a period."""
