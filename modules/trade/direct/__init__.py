"""Direct delivery: what a customer has ordered is brought to them by the supplier, and never lies in our stock."""
