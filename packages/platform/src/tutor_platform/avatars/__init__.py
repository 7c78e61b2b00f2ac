"""Faces that teachers make: upload, checks by the engine, consent, approval, publication, revocation."""
