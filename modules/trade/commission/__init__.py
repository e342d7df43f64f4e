"""Goods on commission, both ways: ours with agents, and those of principals with us."""
