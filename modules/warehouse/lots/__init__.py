"""Lots and serial numbers: typed where goods come in, taken first to expire first out where they leave, traced both ways."""
