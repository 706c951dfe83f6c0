"""Text from bureaus: the ladder of encodings and strict CSV."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaiwu.figure.reading.csv_read import find_delimiter, read_csv, unwrap_text_formula
from kaiwu.figure.reading.encoding import decode_text
from kaiwu.figure.reading.fault import Fault, Limits

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=3, max_size=40)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ("企业,税收".encode(), "utf-8"),
        (codecs.BOM_UTF8 + "企业,税收".encode(), "utf-8"),
        ("企业,税收".encode("gbk"), "gb18030"),
        ("企业,税收𠮷".encode("gb18030"), "gb18030"),
        (codecs.BOM_UTF16_LE + "企业,税收".encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + "企业,税收".encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_the_ladder_finds_the_encoding(data: bytes, name: str) -> None:
    text, found = decode_text(data)
    assert text.startswith("企业,税收")
    assert found == name


@given(HAN)
def test_chinese_text_survives_both_encodings(text: str) -> None:
    assert decode_text(text.encode("utf-8"))[0] == text
    assert decode_text(codecs.BOM_UTF8 + text.encode("utf-8"))[0] == text


@given(HAN)
def test_text_in_gbk_comes_back_or_was_lawful_utf8(text: str) -> None:
    data = text.encode("gb18030")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        assert decode_text(data) == (text, "gb18030")


def test_damaged_utf8_is_not_read_as_gbk() -> None:
    data = ("统一社会信用代码,企业名称,入库税收\n" * 5).encode()
    with pytest.raises(Fault) as caught:
        decode_text(data[:40] + b"\xff" + data[40:])
    assert caught.value.code == "encoding-damaged"


def test_bytes_of_no_encoding_are_refused() -> None:
    with pytest.raises(Fault) as caught:
        decode_text(b"abc\xff\xff\x80")
    assert caught.value.code == "encoding"


def test_a_binary_file_is_no_text() -> None:
    with pytest.raises(Fault) as caught:
        decode_text(b"abc\x00\x01")
    assert caught.value.code == "binary"


def test_a_quote_never_closed_swallows_no_rows() -> None:
    with pytest.raises(Fault) as caught:
        read_csv('a,b\n1,"2\n3,4\n', Limits())
    assert caught.value.code == "csv-quote"


def test_a_cell_beyond_the_limit_of_excel_is_refused() -> None:
    with pytest.raises(Fault) as caught:
        read_csv("a\n" + "x" * 40_000, Limits())
    assert caught.value.code == "cell-long"


@pytest.mark.parametrize(("text", "delimiter"), [("a,b\n", ","), ("a\tb\n", "\t"), ("a;b;c\n", ";"), ("a", ",")])
def test_the_delimiter_is_the_one_that_occurs(text: str, delimiter: str) -> None:
    assert find_delimiter(text) == delimiter


def test_commas_inside_quotes_do_not_count_as_delimiters() -> None:
    assert find_delimiter('"1,2,3"\t"4,5,6"\n') == "\t"


def test_a_code_kept_as_text_formula_is_its_text() -> None:
    assert unwrap_text_formula('="00123"') == "00123"
    assert unwrap_text_formula("=1+1") == "=1+1"
    assert unwrap_text_formula('="a"&"b"') == '="a"&"b"'
