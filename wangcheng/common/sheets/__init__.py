"""Sheets that people bring: csv, csv.gz and xlsx, whatever they hold.

reading    the file: its kind by content, its rows, its size; workbook reads xlsx in a process of its own
cells      one cell: clean text, moments, days, numbers
rejects    the rows that were not taken, with the reasons
registry   the kinds of sheets that pages take in: their columns, and who reads and writes their rows
loading    chunk by chunk, each in a transaction of its own; the job behind the pages
"""
