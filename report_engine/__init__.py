"""Reports: a query over a form and a drawing; dashboards: a page of reports."""
