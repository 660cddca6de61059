"""The forms: the credit form for everybody, and what staff and teachers fill in."""
