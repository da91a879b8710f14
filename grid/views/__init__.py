"""Pages of the grid app: the tree of areas, the quarterly assessment, zero complaints, the thin ledgers."""
