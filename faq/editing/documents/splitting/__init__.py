"""Cutting a document into questions and answers: pure, no database.

`labels` reads the beginnings of lines, `chains` finds the ways to cut and ranks them, `entries` cuts, `answers` writes
the HTML of an answer.
"""
