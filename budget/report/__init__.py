"""The yearly self-evaluation report: figures, narrative, tables, document and workbook, all from one set of values."""
