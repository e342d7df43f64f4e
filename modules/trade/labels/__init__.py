"""Labels for shelves and goods, with the price: on sheets of A4 and on rolls."""
