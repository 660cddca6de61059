"""Spreadsheets as schools have them, on their way in and out.

`sheets`     what each kind of sheet looks like: columns, templates, and how text is written safely
`reader`     a bounded child process that takes a file apart: no Django, no network, 10 s, 256 MB
`judging`    what each row would do, or what is wrong with it
`importing`  from the file to its preview, into the records as a whole, and back

Written here, not taken from django-import-export: that parses in the web process, keeps nothing to undo, and its
confirmation step is not scoped to the organisations that a user works for.
"""
