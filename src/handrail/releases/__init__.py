"""What came out upstream and what of it our own releases have: read from files and from those who publish it."""
