"""Every change of the grid app, by what it changes: assessments, their inputs, places, ledgers."""
