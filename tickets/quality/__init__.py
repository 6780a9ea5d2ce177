"""Second calls: closings drawn by rule, called again, scored; low scores become tasks.

The rules of the sample are in `workflow/sampling.py`.
"""
