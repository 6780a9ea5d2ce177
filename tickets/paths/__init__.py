"""The paths that complaints took: the map of them, and their event log for mining tools."""
