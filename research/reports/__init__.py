"""Reports on the library: what waits for somebody, each row with a link to where it is put right.

A report is a name, a few words and a function that yields rows; floors above add theirs to REPORTS.
"""

from research.reports.base import REPORTS, Report, Row, register_report

__all__ = ["REPORTS", "Report", "Row", "register_report"]
