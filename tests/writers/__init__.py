"""Workbooks written by others than we: openpyxl, SheetJS and exceljs under Node, and LibreOffice where it is installed.

`contents` invents what stands in a workbook, and what reading it must give; `programs` writes it. `make faults` does so
two hundred times; for CI one of each kind was kept in `files/`, made by `python -m tests.writers`.
"""
