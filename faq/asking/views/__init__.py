"""Pages of asking: for those who ask, for the staff that answers, and for making entries of it."""
