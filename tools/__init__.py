"""Maintainers' scripts; the product does not import them."""
