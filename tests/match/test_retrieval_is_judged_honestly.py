"""Metrics on judged pairs, the paired bootstrap, nested choice, and the gate before stages."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from math import log2
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from kaiwu.match.encoder_adapter import open_encoder
from kaiwu.match.evaluation import (
    Difference,
    JudgedNeed,
    Judgements,
    Variant,
    bpref,
    choose_nested,
    compare,
    fold_of,
    judged_share,
    ndcg,
    paired_difference,
)
from kaiwu.match.evaluation.comparison import describe_settings, grid_settings, text_variant
from kaiwu.match.record import MatchKind, Need, Offer
from kaiwu.match.retrieval import OfferIndex
from kaiwu.match.setting import load_settings
from kaiwu.match.stage import FusionStage, Permit, fusion_variant, grant_permit
from kaiwu.match.text import Bm25, FieldText
from kaiwu.procedure.judgement import read_judgements, read_permit, write_permit
from kaiwu.quantity import KaiwuError
from kaiwu.table import parse_document
from market_records import DAY

# -- metrics by hand --------------------------------------------------------------------------------------------


def test_ndcg_is_the_gain_by_hand() -> None:
    grades = {"a": 3, "b": 0, "c": 1}
    assert ndcg(["b", "a", "c"], grades) == pytest.approx((3 / log2(3) + 1 / 2) / (3 + 1 / log2(3)))
    assert ndcg(["a", "c", "b"], grades) == 1.0


def test_an_unjudged_offer_is_not_counted_as_wrong() -> None:
    grades = {"a": 3, "b": 0}
    assert ndcg(["x", "y", "a", "z", "b"], grades) == ndcg(["a", "b"], grades) == 1.0
    assert bpref(["x", "y", "a", "b"], grades) == 1.0
    assert judged_share(["x", "y", "a", "b"], grades, 4) == 0.5


def test_bpref_counts_useless_ones_above_useful_ones() -> None:
    grades = {"a": 1, "b": 2, "x": 0, "y": 0}
    assert bpref(["a", "x", "b", "y"], grades) == pytest.approx((1 + 1 / 2) / 2)
    assert bpref(["x", "y", "a", "b"], grades) == 0.0
    assert bpref(["a"], grades) == 0.5, "what is not found adds nothing"
    assert bpref(["a"], {"a": 1}) == 1.0, "nothing useless was judged"
    assert bpref(["x", "b"], grades, useful=2) == 0.0


def test_a_ranking_of_nothing_scores_nothing() -> None:
    assert ndcg([], {"a": 2}) == bpref([], {"a": 2}) == judged_share([], {"a": 2}) == 0.0
    assert ndcg(["a"], {"a": 0}) == 0.0


# -- bootstrap and choice ---------------------------------------------------------------------------------------


def test_a_gain_on_every_need_is_beyond_chance_and_noise_is_not() -> None:
    old = [0.1 * i for i in range(8)]
    assert paired_difference([s + 0.05 for s in old], old).low == pytest.approx(0.05)
    noisy = paired_difference([0.5, 0.4, 0.6, 0.5], [0.4, 0.5, 0.5, 0.6])
    assert noisy.low < 0 < noisy.high and not noisy.is_better


def test_the_bootstrap_gives_the_same_interval_every_time() -> None:
    new, old = [0.5, 0.7, 0.2, 0.9], [0.4, 0.6, 0.3, 0.5]
    assert paired_difference(new, old) == paired_difference(new, old)


def test_the_interval_covers_a_known_mean_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    hits = 0
    for _ in range(200):
        sample = rng.normal(0.1, 1.0, 60)
        found = paired_difference(sample.tolist(), [0.0] * 60, draws=1000)
        hits += found.low <= 0.1 <= found.high
    assert 0.90 <= hits / 200 <= 0.99


def test_no_need_is_scored_by_settings_that_were_chosen_on_it() -> None:
    codes = [f"need-{i}" for i in range(40)]
    # "mine" is perfect on one fold and bad elsewhere: chosen on that fold alone it would look perfect there.
    scores = {"steady": [0.5] * 40, "mine": [1.0 if fold_of(c) == 2 else 0.2 for c in codes]}
    choice = choose_nested(codes, scores)
    assert set(choice.chosen) == {"steady"}
    assert choice.mean == 0.5


def test_folds_depend_on_the_code_alone() -> None:
    assert [fold_of(c) for c in ("a", "b", "c")] == [fold_of(c) for c in ("a", "b", "c")]
    assert {fold_of(f"need-{i}") for i in range(100)} == {0, 1, 2, 3, 4}


# -- judged needs -----------------------------------------------------------------------------------------------

THINGS = ["轴承", "齿轮", "电机", "水泵", "阀门", "弹簧", "模具", "刀柄", "电池", "薄膜", "纤维", "涂料"]


def market() -> Judgements:
    """A synthetic market: every thing is made in four ways, two of which are of use to whoever wants it."""
    offers = {}
    needs = []
    for thing in THINGS:
        for i, way in enumerate(("精密{}加工", "{}生产线", "进口{}销售", "二手{}回收")):
            offers[f"{thing}{i}"] = FieldText(way.format(thing))
        grades = {f"{thing}0": 3, f"{thing}1": 1, f"{thing}2": 0, f"{thing}3": 0}
        needs.append(JudgedNeed(thing, FieldText(f"精密{thing}", f"需要{thing}生产线和加工"), grades))
    needs.append(JudgedNeed("nothing", FieldText("空"), {"轴承0": 0}))
    return Judgements(tuple(needs), offers)


def test_needs_without_a_useful_offer_say_nothing_and_are_left_out() -> None:
    judged = market()
    assert [n.code for n in judged.scorable] == THINGS
    assert judged.pairs == 4 * len(THINGS) + 1


def test_text_search_beats_the_order_of_codes_on_the_synthetic_market() -> None:
    judged = market()
    blind = Variant("by code", lambda offers: lambda need: np.zeros(len(offers), np.int64))
    found = compare(judged, [blind, text_variant(Bm25())], depth=2)
    assert found.rows[1].ndcg > 0.95
    assert found.rows[1].name == "BM25 k1=1.2 b=0.75 body=0.25"
    assert found.rows[0].difference == Difference(0.0, 0.0, 0.0)


def test_what_shares_nothing_stands_last_by_code() -> None:
    offers = {"b": FieldText("乙"), "a": FieldText("丙"), "c": FieldText("甲")}
    judged = Judgements((JudgedNeed("n", FieldText("甲"), {"a": 1, "b": 0, "c": 0}),), offers)
    assert compare(judged, [text_variant(Bm25())]).rows[0].ndcg == pytest.approx(1 / log2(3))


def test_the_grid_begins_with_the_defaults() -> None:
    settings = list(grid_settings())
    assert settings[0] == Bm25() and len(set(settings)) == len(settings) == 12
    assert len({describe_settings(s) for s in settings}) == 12


# -- encoders and the gate --------------------------------------------------------------------------------------


def static_folder(folder: Path, vectors: dict[str, Sequence[float]]) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "words.txt").write_text("\n".join(vectors), "utf-8")
    np.save(folder / "vectors.npy", np.array(list(vectors.values()), np.float32))
    return folder


def test_static_vectors_take_the_longest_word_and_unknown_texts_have_none(tmp_path: Path) -> None:
    encoder = open_encoder(static_folder(tmp_path / "m", {"水": [1, 0], "水泵": [0, 2], "PLC": [3, 0]}))
    found = encoder.encode(["水泵", "水", "ｐｌｃ", "空", ""])
    assert found.tolist() == [[0, 1], [1, 0], [1, 0], [0, 0], [0, 0]]


def test_a_permit_is_given_only_beyond_chance_and_only_for_that_stage(tmp_path: Path) -> None:
    judged = market()
    words = {"精密": [1.0, 0, 0], "加工": [1.0, 0, 0], "二手": [0, 1.0, 0], "进口": [0, 0, 1.0]}
    encoder = open_encoder(static_folder(tmp_path / "m", words))
    found = compare(judged, [text_variant(Bm25()), fusion_variant(encoder, Bm25())])
    assert found.rows[1].name == f"rrf:{encoder.code}"
    with pytest.raises(KaiwuError) as caught:
        grant_permit(found.rows[1].name, judged, Difference(0.02, 0.0, 0.04))
    assert caught.value.problems[0].code == "M-STAGE-UNPROVEN"
    permit = grant_permit(found.rows[1].name, judged, Difference(0.02, 0.01, 0.03))
    assert (permit.low, permit.needs, permit.judgements) == (10_000, len(THINGS), judged.digest)
    stage = FusionStage(encoder, list(judged.offers.values()))
    stage.require(permit)
    for wrong in (None, Permit("rrf:other", "", 1, 10), Permit(stage.code, "", 1, 0)):
        with pytest.raises(KaiwuError) as caught:
            stage.require(wrong)
        assert caught.value.problems[0].code == "M-STAGE-OFF"


def test_retrieval_takes_no_stage_without_a_permit_and_reorders_with_one(tmp_path: Path) -> None:
    encoder = open_encoder(static_folder(tmp_path / "m", {"水泵": [1.0, 0], "抽水机": [1.0, 0], "水": [0, 1.0]}))
    offers = [Offer(code="A", kind=MatchKind.PART, title="水泥"), Offer(code="B", kind=MatchKind.PART, title="抽机")]
    offers.append(Offer(code="C", kind=MatchKind.PART, title="抽水机"))
    wanted = Need(code="N", kind=MatchKind.PART, title="水泵")
    stage = FusionStage(encoder, [FieldText(o.title) for o in offers])
    with pytest.raises(KaiwuError):
        OfferIndex(offers, stage=stage)
    assert [m.offer.code for m in OfferIndex(offers).find(wanted, DAY).matches] == ["A", "C"]
    index = OfferIndex(offers, stage=stage, permit=Permit(stage.code, "", 1, 1))
    assert [m.offer.code for m in index.find(wanted, DAY).matches] == ["C", "A"]
    index.add(Offer(code="D", kind=MatchKind.PART, title="抽水机"))
    assert [m.offer.code for m in index.find(wanted, DAY).matches][:2] == ["C", "D"]


def test_another_model_is_another_stage(tmp_path: Path) -> None:
    first = open_encoder(static_folder(tmp_path / "a", {"水": [1, 0]}))
    second = open_encoder(static_folder(tmp_path / "b", {"水": [0, 1]}))
    assert first.code != second.code


@pytest.mark.parametrize("files", [{}, {"vectors.npy": 3}, {"modules.json": "{}"}])
def test_a_folder_that_is_no_model_is_refused(tmp_path: Path, files: dict[str, Any]) -> None:
    for name, content in files.items():
        if name == "vectors.npy":
            np.save(tmp_path / name, np.zeros((content, 2), np.float32))
            (tmp_path / "words.txt").write_text("水\n", "utf-8")
        else:
            (tmp_path / name).write_text(content)
    with pytest.raises(KaiwuError) as caught:
        open_encoder(tmp_path)
    assert caught.value.problems[0].code in ("M-ENCODER-FOLDER", "M-ENCODER-SHAPE")


def fake(monkeypatch: pytest.MonkeyPatch, name: str, **content: Any) -> None:
    module = ModuleType(name)
    module.__dict__.update(content)
    monkeypatch.setitem(sys.modules, name, module)


def test_an_onnx_model_gets_only_the_inputs_it_has_and_is_averaged_over_tokens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[set[str]] = []

    class Session:
        def __init__(self, path: str, providers: list[str]) -> None:
            assert providers == ["CPUExecutionProvider"]

        def get_inputs(self) -> list[SimpleNamespace]:
            return [SimpleNamespace(name="input_ids"), SimpleNamespace(name="attention_mask")]

        def run(self, outputs: None, given: dict[str, np.ndarray]) -> list[np.ndarray]:
            asked.append(set(given))
            return [given["input_ids"][..., None] * np.array([3.0, 4.0])]

    tokenizer = SimpleNamespace(
        enable_truncation=lambda n: None, encode=lambda text: SimpleNamespace(ids=[1] * len(text))
    )
    fake(monkeypatch, "onnxruntime", InferenceSession=Session)
    fake(monkeypatch, "tokenizers", Tokenizer=SimpleNamespace(from_file=lambda path: tokenizer))
    for name in ("model.onnx", "tokenizer.json"):
        (tmp_path / name).write_text("x")
    assert open_encoder(tmp_path).encode(["水泵", "水"]) == pytest.approx(np.array([[0.6, 0.8], [0.6, 0.8]]))
    assert asked == [{"input_ids", "attention_mask"}] * 2


def test_sentence_transformers_are_opened_from_the_folder_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[dict[str, Any]] = []

    class Model:
        def __init__(self, path: str, **options: Any) -> None:
            opened.append({"path": path, **options})

        def encode(self, texts: list[str]) -> list[list[float]]:
            return [[2.0, 0.0] for _ in texts]

    fake(monkeypatch, "sentence_transformers", SentenceTransformer=Model)
    for name in ("modules.json", "config.json"):
        (tmp_path / name).write_text("{}")
    assert open_encoder(tmp_path).encode(["水"]).tolist() == [[1.0, 0.0]]
    assert opened == [{"path": str(tmp_path), "device": "cpu", "local_files_only": True}]


def test_a_package_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    for name in ("model.onnx", "tokenizer.json"):
        (tmp_path / name).write_text("x")
    with pytest.raises(KaiwuError) as caught:
        open_encoder(tmp_path)
    assert caught.value.problems[0].code == "M-ENCODER-PACKAGE" and "onnxruntime" in caught.value.problems[0].en


# -- files ------------------------------------------------------------------------------------------------------


def write_files(folder: Path, judged: Judgements) -> tuple[Path, Path, Path]:
    needs, offers, grades = folder / "needs.jsonl", folder / "offers.jsonl", folder / "grades.tsv"
    lines = [{"need_id": n.code, "title": n.text.title, "text": n.text.body} for n in judged.needs]
    needs.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8")
    rows = [{"result_id": code, "title_keywords": [text.title]} for code, text in judged.offers.items()]
    offers.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    pairs = [f"{n.code}\t{code}\t{grade}" for n in judged.needs for code, grade in n.grades.items()]
    grades.write_text("\n".join(["need_id\tresult_id\tgrade", *pairs]), "utf-8")
    return needs, offers, grades


def test_judgements_come_back_from_their_files_as_they_were(tmp_path: Path) -> None:
    assert read_judgements(*write_files(tmp_path, market())).digest == market().digest


def test_every_line_that_is_wrong_is_told_with_its_place(tmp_path: Path) -> None:
    needs, offers, grades = write_files(tmp_path, market())
    needs.write_text(needs.read_text("utf-8") + '\n{"title": "x"}\nno json', "utf-8")
    grades.write_text("head\n轴承\t轴承0\t9\n轴承\t水车\t1\n轴承 轴承0 1\n", "utf-8")
    with pytest.raises(KaiwuError) as caught:
        read_judgements(needs, offers, grades)
    assert [(p.code, p.where) for p in caught.value.problems] == [
        ("M-JUDGED-LINE", "needs.jsonl:14"),
        ("M-JUDGED-LINE", "needs.jsonl:15"),
        ("M-JUDGED-GRADE", "grades.tsv:2"),
        ("M-JUDGED-UNKNOWN", "grades.tsv:3"),
        ("M-JUDGED-LINE", "grades.tsv:4"),
    ]


def test_a_permit_is_kept_in_a_file_and_nothing_else_is_taken_for_one(tmp_path: Path) -> None:
    permit = Permit("rrf:static:1", "d", 3, 5)
    write_permit(tmp_path / "p.json", permit)
    assert read_permit(tmp_path / "p.json") == permit
    (tmp_path / "q.json").write_text('{"stage": "x"}')
    with pytest.raises(KaiwuError):
        read_permit(tmp_path / "q.json")


# -- settings of packs ------------------------------------------------------------------------------------------


def test_later_packs_change_what_they_name_and_keep_the_rest() -> None:
    first = parse_document("default: {k1: 1.5}\npart: {body: 0}\n", "a/match/retrieval.yaml")
    second = parse_document("part: {b: 0.5}\n", "b/match/retrieval.yaml")
    found = load_settings([first, second])
    assert (float(found.of(MatchKind.SPACE).k1), float(found.of(MatchKind.SPACE).body)) == (1.5, 0.25)
    assert (float(found.of(MatchKind.PART).k1), float(found.of(MatchKind.PART).b)) == (1.5, 0.5)
    assert found.of(MatchKind.PART).body == 0


@pytest.mark.parametrize(
    "line",
    ["part: {k1: -1}", "part: {b: 2}", "part: {body: 0.00001}", "part: {title: 0, body: 0}", "part: 3", "parts: {}"],
)
def test_settings_that_mean_nothing_are_refused(line: str) -> None:
    with pytest.raises(KaiwuError) as caught:
        load_settings([parse_document(line, "match/retrieval.yaml")])
    assert caught.value.problems[0].where.startswith("match/retrieval.yaml:1:")
