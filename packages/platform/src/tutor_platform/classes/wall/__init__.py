"""Who is in a lesson now, and a teacher's words into it. Nobody listens unseen."""
