"""Complaints from elsewhere: a mapping says what a file's columns mean, the door does the rest."""
