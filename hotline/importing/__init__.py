"""Taking in sheets of tickets: csv, csv.gz and xlsx, by the known headers or a mapping; idempotent on the city number.

reading    the file: its kind by content, its rows, its size
values     one cell: moments, choices, words
mapping    which column is which field, and what stands in for what is missing
rows       one row as an Intake, or the reason why not
loading    chunks, each in a transaction of its own
"""
