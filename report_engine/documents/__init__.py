"""Documents of reports and dashboards, and what readers ask: what may stand in them, what it means, what is wrong."""
