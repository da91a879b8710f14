"""Taking in sheets of tickets: csv, csv.gz and xlsx, by the known headers or a mapping; idempotent on the city number.

values     the words of choices; the file and its cells are read by wangcheng.common.sheets
mapping    which column is which field, and what stands in for what is missing
rows       one row as an Intake, or the reason why not
trainings  the book of trainings, a kind of sheet of its own
loading    chunks, each in a transaction of its own
"""
