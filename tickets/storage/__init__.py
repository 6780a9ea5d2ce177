"""Files as bytes: attachments, chunked files, harmless CSV.

What a file means belongs to the room that stores it.
"""
