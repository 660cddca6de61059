"""The printable booklet: a cover, the contents, and the published entries by category.

`content`    what stands in it
`pdf`        the booklet as a PDF, made in a process of its own
`rendering`  the main function of that process; no Django, no network
"""
