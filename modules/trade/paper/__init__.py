"""Forms of trade documents with templates of their own: invoices, delivery notes, payment codes."""
