"""The company's own money: cash desks, bank accounts, what moves on them, and for what that no contact is billed for."""
