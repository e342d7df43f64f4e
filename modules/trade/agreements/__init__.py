"""Framework agreements: how much is agreed at what prices, and what orders have taken of it."""
