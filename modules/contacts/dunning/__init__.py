"""Dunning: who is to be reminded of what is overdue, at which level, by which letter, and what became of it."""
