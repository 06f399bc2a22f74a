"""Ready-made apps as data (`catalog/`), and what loads, checks and installs them."""
