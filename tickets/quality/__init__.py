"""Quality: closings drawn by rule, called a second time, scored; low scores ask for a look."""
