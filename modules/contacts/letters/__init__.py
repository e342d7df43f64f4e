"""Letters by e-mail to contacts: what is enclosed, what they say, sending them by jobs, and what became of them."""
