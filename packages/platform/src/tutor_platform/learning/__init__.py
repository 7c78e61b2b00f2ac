"""What a student has told and shown: facts to remember, and mastery of concepts with its evidence."""
