"""Where facts are kept: snapshot files, later a database."""
