"""`python -m bench.avatars <figure>`: one figure of the faces, beside its goal."""

import argparse
import importlib

FIGURES = {
    "puppet": "puppet, 512 x 512: ms of one core per frame",
    "gates": "lips, seams and stillness of photo, video and drawn puppets, with negative controls",
    "ten": "ten puppet lessons speaking at once: frames per second at the students, who takes the cores",
    "sheet": "no figure but a picture: the contact sheet of the puppet in docs/images",
    "intake": "upload → usable puppet, and what it takes on disk",
    "memory": "an avatar on a node: once, not per lesson",
    "musetalk": "MuseTalk on a GPU: frames per second, share of the ceiling, lessons that speak",
}


def main() -> None:
    """Run one figure; only its own module is loaded, so that none needs what another measures."""
    listed = "\n".join(f"  {name:10}{what}" for name, what in FIGURES.items())
    chooser = argparse.ArgumentParser(
        prog="python -m bench.avatars",
        usage="%(prog)s figure …",
        description=f"{__doc__}\n\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    chooser.add_argument("figure", choices=FIGURES)
    chooser.add_argument("rest", nargs=argparse.REMAINDER)
    chosen = chooser.parse_args()
    module = importlib.import_module(f"bench.avatars.{chosen.figure}")
    figure = argparse.ArgumentParser(
        prog=f"python -m bench.avatars {chosen.figure}", description=module.__doc__
    )
    module.options(figure)
    module.run(figure.parse_args(chosen.rest))


if __name__ == "__main__":
    main()
