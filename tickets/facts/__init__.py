"""Facts for counting, rebuilt from events by a job; months that are over are summed (PER-01).

What is counted from them, and its definitions, belong to `reports` and `paths`.
"""
