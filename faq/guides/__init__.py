"""Guided questions: a few plain questions that end in what to do, whom to ask, and the entry it rests on."""
