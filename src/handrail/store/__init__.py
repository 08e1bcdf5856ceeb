"""Where facts are kept, and what people and Handrail did: a database (SQLite or PostgreSQL), and snapshot files."""
