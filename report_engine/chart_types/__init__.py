"""One module a kind of drawing; see `report_engine.chart_type`."""
