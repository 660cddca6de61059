"""Questions and answers as spreadsheets: a row an entry, the phrasings a line each within their cell.

`columns`   the columns, and how a long answer is parted
`reading`   the main function of the child process that reads a file; no Django
`rows`      what a row says, or what is wrong with it
`reader`    a file becomes found entries
`writing`   entries become a file, which read again gives the same entries
"""
