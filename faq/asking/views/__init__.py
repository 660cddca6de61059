"""Pages of questions: for whoever asks, for the staff that answers, and for editors who make entries of them."""
