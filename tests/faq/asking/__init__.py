"""Questions that readers ask."""
