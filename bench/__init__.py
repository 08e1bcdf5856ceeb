"""Measures how fast Handrail is (``python -m bench``), and turns real merge requests into a snapshot file."""
