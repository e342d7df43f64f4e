"""Exchanges: something comes back of a sale and something else goes instead, in one act."""
