"""Links by which people come to a school: one use, some days, a role."""
