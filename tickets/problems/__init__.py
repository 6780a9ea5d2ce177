"""Problems: root causes with their complaints; linking, shared progress, measured effect.

What sharing does to one complaint goes through `actions`.
"""
