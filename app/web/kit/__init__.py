"""What pages are made of: lists, forms, cells, formats; a page uses it, and it knows no page."""
