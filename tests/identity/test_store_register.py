"""The register on disk: files are added, never changed."""

import datetime as dt

import pytest

from kaiwu.identity import Batch, Entity, EntityKind, Name, Register
from kaiwu.identity.store import read_manifest
from kaiwu.quantity.problem import KaiwuError

D = dt.date


def firm(entity_id: str, name: str) -> Entity:
    return Entity(entity_id, EntityKind.FIRM, (Name(name),))


@pytest.fixture
def register() -> Register:
    register = Register()
    register.append(Batch(D(2020, 1, 1), "first", (firm("F1", "甲"),)))
    register.append(Batch(D(2021, 1, 1), "second", (register.entity("F1").renamed("乙", D(2020, 7, 1)),)))
    return register


def test_a_saved_register_is_loaded_the_same(register, tmp_path):
    assert register.save(tmp_path / "identity") == 2
    loaded = Register.load(tmp_path / "identity")
    assert loaded.batches == register.batches
    assert loaded.digest() == register.digest()
    assert loaded.entity("F1").name_at(D(2024, 1, 1)) == "乙"


def test_a_register_can_be_loaded_as_it_was_known(register, tmp_path):
    register.save(tmp_path)
    then = Register.load(tmp_path, known_at=D(2020, 12, 31))
    assert then.entity("F1").name_at(D(2024, 1, 1)) == "甲"


def test_saving_again_adds_only_what_is_new(register, tmp_path):
    register.save(tmp_path)
    before = {p.name: p.read_bytes() for p in tmp_path.glob("*.parquet")}
    register.append(Batch(D(2022, 1, 1), "third", (firm("F2", "丙"),)))
    assert register.save(tmp_path) == 1
    assert register.save(tmp_path) == 0
    assert {n: (tmp_path / n).read_bytes() for n in before} == before
    assert [line.rows for line in read_manifest(tmp_path)] == [2, 3, 2]


def test_a_changed_or_missing_file_is_refused(register, tmp_path):
    register.save(tmp_path)
    path = tmp_path / "identity-000001.parquet"
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(KaiwuError, match="I-STORE-CHANGED"):
        Register.load(tmp_path)
    path.unlink()
    with pytest.raises(KaiwuError, match="I-STORE-CHANGED"):
        Register.load(tmp_path)


def test_a_damaged_manifest_is_refused(register, tmp_path):
    register.save(tmp_path)
    (tmp_path / "manifest.jsonl").write_text("{", encoding="utf-8")
    with pytest.raises(KaiwuError, match="I-STORE-MANIFEST"):
        Register.load(tmp_path)


def test_a_folder_of_another_register_is_not_written_to(register, tmp_path):
    register.save(tmp_path)
    other = Register()
    other.append(Batch(D(2020, 1, 1), "other", (firm("F9", "丁"),)))
    with pytest.raises(KaiwuError, match="I-STORE-DIVERGED"):
        other.save(tmp_path)
    assert Register.load(tmp_path).digest() == register.digest()


def test_a_file_that_the_manifest_does_not_list_is_ignored(register, tmp_path):
    register.save(tmp_path)
    (tmp_path / "identity-000003.parquet").write_bytes(b"half written")
    assert Register.load(tmp_path).digest() == register.digest()


def test_an_empty_folder_is_an_empty_register(tmp_path):
    assert len(Register.load(tmp_path)) == 0


def test_the_digest_tells_registers_apart(register):
    other = Register()
    other.append(register.batches[0])
    assert other.digest() != register.digest()
