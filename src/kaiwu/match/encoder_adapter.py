"""Encoders from a folder of the user (编码器端口): static vectors, ONNX or sentence-transformers; nothing is downloaded.

Owns reading the folder. Which kind it is shows in its files: ``vectors.npy`` with ``words.txt``; ``model.onnx`` with
``tokenizer.json``; ``modules.json`` of sentence-transformers. The two latter need packages that are not installed with
Kaiwu; without them they say so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from kaiwu.match.stage import Encoder, Vectors
from kaiwu.match.text import fold_text, is_letter
from kaiwu.quantity import KaiwuError, Problem

LONGEST_WORD = 8
MAX_TOKENS = 512


def open_encoder(folder: Path) -> Encoder:
    """The encoder of a folder. Raises ``KaiwuError``: no known files, a package that is missing, files that disagree."""
    if (folder / "vectors.npy").is_file():
        return StaticEncoder(folder)
    if (folder / "model.onnx").is_file():
        return OnnxEncoder(folder)
    if (folder / "modules.json").is_file():
        return SentenceEncoder(folder)
    zh = "文件夹里没有 vectors.npy、model.onnx 或 modules.json; 请放入模型文件(不会联网下载)"
    en = "the folder holds no vectors.npy, model.onnx or modules.json: put a model there (nothing is downloaded)"
    raise KaiwuError(Problem("M-ENCODER-FOLDER", zh, en, where=folder.name))


class StaticEncoder:
    """The mean of the vectors of the words of a text, the longest known word first."""

    def __init__(self, folder: Path) -> None:
        self.code = _code("static", folder, "vectors.npy", "words.txt")
        words = (folder / "words.txt").read_text("utf-8").splitlines()
        self._vectors = np.load(folder / "vectors.npy", allow_pickle=False, mmap_mode="r")
        if self._vectors.ndim != 2 or len(words) != len(self._vectors):
            zh = f"words.txt 有 {len(words)} 行, vectors.npy 的形状是 {self._vectors.shape}; 应一行一词、一词一向量"
            en = f"words.txt has {len(words)} lines, vectors.npy the shape {self._vectors.shape}: one line and one vector per word"
            raise KaiwuError(Problem("M-ENCODER-SHAPE", zh, en, where=folder.name))
        self._rows = {fold_text(word): row for row, word in enumerate(words)}

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of length 1; a text without a known word has the zero vector. Shape (texts, dimensions)."""
        means = np.zeros((len(texts), self._vectors.shape[1]), np.float32)
        for at, text in enumerate(texts):
            rows = self._words(fold_text(text))
            if rows:
                means[at] = self._vectors[rows].mean(axis=0)
        return _unit(means)

    def _words(self, text: str) -> list[int]:
        rows, at = [], 0
        while at < len(text):
            sizes = range(min(LONGEST_WORD, len(text) - at), 0, -1) if is_letter(text[at]) else ()
            size = next((n for n in sizes if text[at : at + n] in self._rows), 0)
            if size:
                rows.append(self._rows[text[at : at + size]])
            at += max(size, 1)
        return rows


class OnnxEncoder:
    """A transformer exported to ONNX: the mean of its last states over the tokens of a text."""

    def __init__(self, folder: Path) -> None:
        self.code = _code("onnx", folder, "model.onnx", "tokenizer.json")
        runtime, tokenizers = _package("onnxruntime"), _package("tokenizers")
        self._session = runtime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
        self._inputs = {given.name for given in self._session.get_inputs()}
        self._tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of length 1; shape (texts, dimensions)."""
        return _unit(np.stack([self._encode(text) for text in texts]))

    def _encode(self, text: str) -> Vectors:
        ids = np.array([self._tokenizer.encode(text).ids], np.int64)
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        states = self._session.run(None, {name: given[name] for name in given if name in self._inputs})[0]
        mean: Vectors = np.asarray(states[0], np.float32).mean(axis=0)
        return mean


class SentenceEncoder:
    """A model folder of sentence-transformers."""

    def __init__(self, folder: Path) -> None:
        self.code = _code("sentence", folder, "modules.json", "config.json")
        model = _package("sentence_transformers").SentenceTransformer
        self._model = model(str(folder), device="cpu", local_files_only=True)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of length 1; shape (texts, dimensions)."""
        return _unit(np.asarray(self._model.encode(list(texts)), np.float32))


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return unit


def _code(kind: str, folder: Path, *names: str) -> str:
    """The kind with the digest of the files that decide, so that a permit cannot pass to another model."""
    digest = hashlib.sha256()
    for name in names:
        path = folder / name
        if not path.is_file():
            raise KaiwuError(Problem("M-ENCODER-FOLDER", f"缺少 {name}", f"{name} is missing", where=folder.name))
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return f"{kind}:{digest.hexdigest()[:16]}"


def _package(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        zh, en = f"需要软件包 {name}, 请自行安装", f"the package {name} is needed: install it"
        raise KaiwuError(Problem("M-ENCODER-PACKAGE", zh, en)) from error
