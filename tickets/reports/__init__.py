"""Reports: what happened in a period, as tables of specifications counted from facts.

How a fact comes about belongs to `facts`; pages and files to `web/reports`.
"""
