"""Pages of whoever asks and of the staff that answers."""
