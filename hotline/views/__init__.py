"""The pages of the hotline: tickets, intake, import, ledgers."""
