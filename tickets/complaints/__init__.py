"""Reading complaints: lists, one complaint's details, evidence, presence, drafts.

Nothing here changes a complaint; that is `actions`.
"""
