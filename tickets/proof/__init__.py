"""What is stored, proved: what events say of rows, what was anchored, what anybody can check."""
