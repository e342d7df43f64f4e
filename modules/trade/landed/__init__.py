"""Landed costs: freight, customs and insurance that goods bear which came before them."""
