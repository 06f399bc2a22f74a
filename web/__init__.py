"""Top layer: HTTP API, command line, worker process and the composition root; `web/ui` is the page."""
