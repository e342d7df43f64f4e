"""Work on a contact: what happened (notes, calls, letters, meetings), what is to be done (tasks); the timeline."""
