"""Write the packages and posters of the drawn tutors: `python -m tutor_engine.showing.puppet.builtin FOLDER`.

Runs as a short process of its own, so that the engine never loads what drawing needs.
"""

import sys
from pathlib import Path


def write_built_in(folder: Path) -> None:
    """Write every drawn tutor below `folder`."""
    import cv2

    from tutor_engine.showing.puppet.drawn import DrawnBody, poster, write_drawn_packages

    cv2.setNumThreads(1)
    for package in write_drawn_packages(folder):
        picture = poster(DrawnBody(package.name))
        temporary = package / "poster.new.png"
        cv2.imwrite(str(temporary), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
        temporary.replace(package / "poster.png")


if __name__ == "__main__":
    write_built_in(Path(sys.argv[1]))
