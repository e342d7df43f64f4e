"""The surface: pages, lists, forms, and the edge where a request becomes one transaction."""
