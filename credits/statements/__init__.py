"""Statements of credits: made from rows, a form or JSON, summed up for rosters, and prepared for pages."""
