"""Facts for counting, remade from the events behind everybody's back (PER-01)."""
