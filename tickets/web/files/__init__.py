"""Files handed out: attachments, exports, workbooks.

What stands in a list or report is its own room's.
"""
