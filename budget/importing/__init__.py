"""Sheets that finance brings: yearly budgets, and payments made elsewhere.

Each module registers its kind with common.sheets; imported by BudgetConfig.ready().
"""
