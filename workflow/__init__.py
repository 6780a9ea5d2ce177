"""The rules of the desk: plain Python that knows no web and no database."""
