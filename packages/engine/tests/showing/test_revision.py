from pathlib import Path

from tutor_engine.showing.revision import digest, revision


def test_every_line_and_every_name_counts(tmp_path: Path) -> None:
    folder, file = tmp_path / "puppet", tmp_path / "idle.py"
    folder.mkdir()
    (folder / "lips.py").write_text("WIDTH = 1\n")
    file.write_text("BREATH = 4\n")
    first = digest(folder, file)
    (folder / "notes.txt").write_text("not drawn")
    assert digest(folder, file) == first
    (folder / "lips.py").write_text("WIDTH = 2\n")
    second = digest(folder, file)
    (folder / "lips.py").rename(folder / "mouth.py")
    third = digest(folder, file)
    file.write_text("BREATH = 5\n")
    assert len({first, second, third, digest(folder, file)}) == 4


def test_the_code_of_this_engine_has_one() -> None:
    assert len(revision()) == 16
    assert revision() == revision()
