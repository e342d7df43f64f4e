"""Packings of items: in what else they are counted, such as a box of twelve."""
