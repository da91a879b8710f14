"""The pages of whistles: list, report, detail, hard whistles, the share of departments."""
