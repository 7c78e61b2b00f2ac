"""MuseTalk 1.5 on a GPU: the mouth of filmed avatars, drawn by networks for all lessons together."""
