"""What a teacher should know of: alerts of two levels, whom they reach, and turns to be looked at."""
