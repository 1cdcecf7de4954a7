"""What is new, and when people are told. Pure: `now` is an argument."""
