"""What customers answer to quotes by a private link of their own: accepted, declined, or a question."""
