"""The flows: what happens in which order, on whatever facts there are."""
