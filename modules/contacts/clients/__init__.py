"""What a contact may open itself: links and sign-ins given by staff, and who then asks. Nothing of it makes a user (ADR 52)."""
