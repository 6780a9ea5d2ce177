"""Documents written from the tables in `workflow/`.

Nothing here decides anything; `commands` write the files.
"""
