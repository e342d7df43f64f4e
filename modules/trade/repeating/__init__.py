"""Documents that are made again and again: rent, subscriptions, service."""

#: the kinds of documents that may be repeated
NOUNS = ("sale", "invoice", "sales_order", "purchase", "purchase_order")
