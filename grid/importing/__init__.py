"""Sheets that the grid app takes in: grids, the ledgers, manual indicators and the work of the grids.

Each module registers its kind with common.sheets; imported by GridConfig.ready().
"""
