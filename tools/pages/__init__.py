"""The pages that are generated: a module each, and what they share."""
