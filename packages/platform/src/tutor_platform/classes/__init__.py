"""Classes: who teaches whom with which tutors, how students join, and who is in a lesson now."""
