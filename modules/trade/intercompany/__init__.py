"""Sales between the company's own organisations: what one sells is bought by the other, in both books at once."""
