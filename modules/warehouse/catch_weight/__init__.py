"""Catch weight: goods kept in two quantities at once, such as wheels of cheese and the kilograms that they weigh."""
