"""The child's side of reading a spreadsheet, see `reader`. The kinds of sheets are handed in.

`kinds`     the kind of a file by its content, with advice where it is no table
`archive`   the zip archive and its XML parts, bounded before calamine sees them
`xlsx`      facts of sheets that calamine does not tell: merged cells, hidden rows, errors, formulas without a value
`ods`       the same facts of OpenDocument sheets
`old`       the same facts of .xls
`text`      tables as text: .csv in the encodings that schools have
`book`      a file becomes pages of rows, whatever its kind
`choice`    the page that holds the header, and the others by name
`header`    the header, in one row or two
`body`      row after row below it
`cells`     the text of a cell, by the kind of its column
`problems`  what can be wrong with a file, and the bounds
`serving`   the main function of a child

Values are read by calamine, as Excel, WPS and LibreOffice would show them. Nothing here knows Django.
"""
