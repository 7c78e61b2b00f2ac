"""Where passages are kept and found: SQLite files, or PostgreSQL with pgvector; and the words for both."""
