"""The periodic figures that regulators ask for, one return for each policy pack."""
