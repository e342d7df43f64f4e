"""Customer requests: what a customer asks about before there are prices, answered by a quote or declined."""
