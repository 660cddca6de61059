"""Editing of entries: versions and review, the bin, differences, and documents in and out."""
