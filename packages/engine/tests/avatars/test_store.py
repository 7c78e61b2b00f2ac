from pathlib import Path

import msgspec
import pytest

from tutor_engine.avatars.package import (
    AvatarManifest,
    PackageBroken,
    read_manifest,
)
from tutor_engine.avatars.store import AvatarMissing, AvatarNameRefused, AvatarStore
from tutor_engine.avatars.writer import write_manifest


def _draft(folder: Path, content: bytes = b"a") -> Path:
    folder.mkdir(parents=True)
    for name in ("photo.png", "track.npz", "poster.png"):
        (folder / name).write_bytes(content)
    write_manifest(folder, "photo", 512, "a test")
    return folder


def _built_in(store: AvatarStore, name: str) -> None:
    package = store.built_in / name
    package.mkdir(parents=True)
    manifest = AvatarManifest(1, "drawn", 512, 512, 25, drawing=name)
    (package / "avatar.json").write_bytes(msgspec.json.encode(manifest))


def test_an_empty_store_has_nothing(store: AvatarStore) -> None:
    assert store.list() == []
    with pytest.raises(AvatarMissing):
        store.get("nobody")


def test_what_was_added_is_found(store: AvatarStore, tmp_path: Path) -> None:
    added = store.add("ms-lee", _draft(tmp_path / "draft"))
    found = store.get("ms-lee")
    assert found == added
    assert found.manifest.kind == "photo"
    assert found.poster == found.package / "poster.png"
    assert [avatar.avatar_id for avatar in store.list()] == ["ms-lee"]
    assert not (tmp_path / "draft").exists()


def test_the_same_package_is_kept_once(store: AvatarStore, tmp_path: Path) -> None:
    first = store.add("a", _draft(tmp_path / "1"))
    second = store.add("b", _draft(tmp_path / "2"))
    assert first.package == second.package
    store.delete("a")
    assert store.get("b").package.is_dir()
    store.delete("b")
    assert not second.package.exists()


def test_a_name_can_be_given_a_new_face(store: AvatarStore, tmp_path: Path) -> None:
    old = store.add("a", _draft(tmp_path / "1", b"old"))
    new = store.add("a", _draft(tmp_path / "2", b"new"))
    assert store.get("a").package == new.package != old.package
    assert not old.package.exists()


def test_adding_the_same_again_changes_nothing(store: AvatarStore, tmp_path: Path) -> None:
    store.add("a", _draft(tmp_path / "1"))
    store.add("a", _draft(tmp_path / "2"))
    assert store.get("a").package.is_dir()


def test_built_in_avatars_come_first_and_stay(store: AvatarStore, tmp_path: Path) -> None:
    store.add("aaa", _draft(tmp_path / "1"))
    _built_in(store, "lin")
    assert [(avatar.avatar_id, avatar.built_in) for avatar in store.list()] == [("lin", True), ("aaa", False)]
    assert store.get("lin").poster is None
    with pytest.raises(AvatarNameRefused, match="built-in"):
        store.delete("lin")
    with pytest.raises(AvatarNameRefused, match="built-in"):
        store.add("lin", _draft(tmp_path / "2"))


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "a" * 65, "naïve", "a\n", "a b"])
def test_names_that_are_no_file_names_are_refused(store: AvatarStore, name: str) -> None:
    with pytest.raises(AvatarNameRefused):
        store.check_name(name)
    with pytest.raises(AvatarMissing):
        store.get(name)
    with pytest.raises(AvatarMissing):
        store.delete(name)


def test_a_damaged_draft_is_not_added(store: AvatarStore, tmp_path: Path) -> None:
    draft = _draft(tmp_path / "1")
    (draft / "photo.png").write_bytes(b"other")
    with pytest.raises(PackageBroken, match="damaged"):
        store.add("a", draft)
    assert store.list() == []


def test_a_damaged_name_hides_only_itself(store: AvatarStore, tmp_path: Path) -> None:
    store.add("good", _draft(tmp_path / "1"))
    store.add("bad", _draft(tmp_path / "2", b"b"))
    (tmp_path / "avatars" / "names" / "bad.json").write_text("{")
    assert [avatar.avatar_id for avatar in store.list()] == ["good"]
    with pytest.raises(PackageBroken):
        store.get("bad")


def test_another_schema_version_is_broken(tmp_path: Path) -> None:
    manifest = AvatarManifest(99, "drawn", 512, 512, 25)
    (tmp_path / "avatar.json").write_bytes(msgspec.json.encode(manifest))
    with pytest.raises(PackageBroken, match="schema version 99"):
        read_manifest(tmp_path)


def test_a_draft_goes_when_it_is_left(store: AvatarStore) -> None:
    with store.draft() as draft:
        (draft / "half.mp4").write_bytes(b"half")
    assert list(store.drafts.iterdir()) == []


def test_what_a_killed_process_left_is_swept_and_nothing_else(store: AvatarStore, tmp_path: Path) -> None:
    kept = store.add("a", _draft(tmp_path / "1"))
    _draft(store.drafts / "dead")
    _draft(kept.package.parent / "unnamed", b"b")
    (tmp_path / "avatars" / "names" / ".b.123").write_text("{}")
    with store.draft() as alive:
        store.sweep()
        assert list(store.drafts.iterdir()) == [alive]
    assert [path.name for path in kept.package.parent.iterdir()] == [kept.package.name]
    assert store.get("a") == kept
    assert [path.name for path in (tmp_path / "avatars" / "names").iterdir()] == ["a.json"]


def test_sweeping_a_store_that_is_not_there_makes_nothing(store: AvatarStore, tmp_path: Path) -> None:
    store.sweep()
    assert not (tmp_path / "avatars").exists()
