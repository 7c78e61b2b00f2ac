"""`python -m bench.avatars <figure>`: one figure of the faces, beside its goal."""

from bench.choosing import run_chosen

FIGURES = {
    "puppet": "puppet, 512 x 512: ms of one core per frame",
    "gates": "lips, seams and stillness of photo, video and drawn puppets, with negative controls",
    "ten": "ten puppet lessons speaking at once: frames per second at the students, who takes the cores",
    "sheet": "no figure but a picture: the contact sheet of the puppet in docs/images",
    "intake": "upload → usable puppet, and what it takes on disk",
    "memory": "an avatar on a node: once, not per lesson",
    "musetalk": "MuseTalk on a GPU: frames per second, share of the ceiling, lessons that speak",
}

if __name__ == "__main__":
    run_chosen("bench.avatars", FIGURES)
