"""One file per command; tickets/cli.py lists them."""
