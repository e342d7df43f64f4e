"""What is under way: quotes without an answer, orders to ship and to arrive, and what can be shipped now."""
