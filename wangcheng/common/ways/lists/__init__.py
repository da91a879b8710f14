"""List pages: declared once, they bring query form, tabs, sorting, pager, batch bar, saved filters and exports.

from wangcheng.common.ways.lists import Button, Column, DateSpan, Kind, ListPage, Tab
"""

from wangcheng.common.ways.lists.columns import Column, Kind
from wangcheng.common.ways.lists.filters import DateSpan, JobFilter
from wangcheng.common.ways.lists.page import Button, ListPage, RowLink, Tab, picked

__all__ = ["Button", "Column", "DateSpan", "JobFilter", "Kind", "ListPage", "RowLink", "Tab", "picked"]
