"""One module per part of the page: pure functions of a snapshot and a handbook that return decisions as data."""
