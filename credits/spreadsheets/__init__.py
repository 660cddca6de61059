"""Spreadsheets as schools have them, on their way in and out.

`columns`    the columns of each kind of sheet
`template`   the workbook to download and fill in
`exporting`  the roster as a workbook
`reader`     reads a file in a bounded child process, by `helpdesk.common.spreadsheets`; `reading` is its main function
`judging`    what each row would do, or what is wrong with it; one file a kind
`importing`  from a file to its preview, and into the records as a whole
`undoing`    takes the newest import back
`saving`     what importing and undoing share

Written here, not taken from django-import-export: that parses in the web process, keeps nothing to undo, and its
confirmation step is not scoped to the organisations that a user works for.
"""
