"""Spreadsheets on their way in and out, whatever they hold; the apps bring their kinds of sheets.

`sheets`    a kind of sheet and its columns
`quoting`   text that no program takes for a formula
`writing`   workbooks of such text
`reader`    reads a file in a bounded child process; `reading` is the child's side: no Django, no network, 10 s, 256 MB
"""
