"""Decisions on what is entered of teachers: pure functions over facts that were looked up before.

`steps` looks the facts up for the one row that somebody typed in, `spreadsheets.judging` for a whole sheet in a fixed
number of queries; both then ask the same function here. A decision is a value or a `Finding` that says why not.

This package knows the standard library and `credits.rules` only. What every step shares (the refusal, the lock)
stands in `helpdesk.common.decisions`.
"""
