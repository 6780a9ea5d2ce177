"""The manager's figures: what happened in a period, counted from facts kept beside the events."""
