"""Sales over the counter: tills, shifts, and what is sold, returned and counted there."""
