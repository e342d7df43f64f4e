"""Opening stock from a table: what lies in which warehouse, and in which bin, when the books begin."""
