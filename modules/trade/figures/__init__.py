"""Sales figures: what was sold by any two of period, item, customer, person and warehouse, beside an earlier period."""
