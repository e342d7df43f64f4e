"""Money that trade expects before anybody owes it: what is ordered, what has come without an invoice."""
