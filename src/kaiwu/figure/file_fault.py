"""Why a whole file was refused (文件问题), in words: the child's codes to bilingual problems.

Owns the wording. It does not own the checks (``reading``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kaiwu.quantity.problem import Problem

_RESAVE_ZH = "请用 Excel 或 WPS 打开, 另存为 .xlsx 后重新上传"
_RESAVE_EN = "open it in Excel or WPS and save it as .xlsx, then send it again"

KIND_NAMES: dict[str, tuple[str, str]] = {
    "xlsx": ("Excel 工作簿(.xlsx)", "an Excel workbook (.xlsx)"),
    "xls": ("旧版 Excel 工作簿(.xls)", "an old Excel workbook (.xls)"),
    "text": ("文本或 CSV", "text or CSV"),
    "html": ("网页(HTML)", "a web page (HTML)"),
    "xml": ("XML 文档", "an XML document"),
    "pdf": ("PDF", "a PDF"),
    "rtf": ("RTF 文档", "an RTF document"),
    "picture": ("图片", "a picture"),
    "rar": ("RAR 压缩包", "a RAR archive"),
    "7z": ("7z 压缩包", "a 7z archive"),
    "gzip": ("gzip 压缩包", "a gzip archive"),
    "zip": ("普通压缩包(zip)", "a plain zip archive"),
    "docx": ("Word 文档", "a Word document"),
    "pptx": ("演示文稿", "a presentation"),
    "xlsb": ("二进制工作簿(.xlsb)", "a binary workbook (.xlsb)"),
    "ods": ("OpenDocument 表格(.ods)", "an OpenDocument sheet (.ods)"),
    "ole": ("旧版 Office 文档, 但不是工作簿", "an old Office document, but no workbook"),
    "xls-old": ("1995 年以前的 .xls", "an .xls of before 1995"),
}

WORDING: dict[str, tuple[str, str, str]] = {
    "unreadable": ("IN-FILE-UNREADABLE", "文件打不开: {reason}", "the file cannot be opened: {reason}"),
    "empty": ("IN-FILE-EMPTY", "文件是空的", "the file is empty"),
    "file-size": (
        "IN-FILE-SIZE",
        "文件超过 {limit} 字节, 请拆分后上传",
        "the file is larger than {limit} bytes: split it",
    ),
    "encrypted": (
        "IN-FILE-ENCRYPTED",
        "工作簿设有打开密码, 请去掉密码后重新上传",
        "the workbook is protected by a password: remove it and send the file again",
    ),
    "renamed": (
        "IN-FILE-RENAMED",
        f"扩展名是 {{extension}}, 内容却是{{kind_zh}}; 改名不会改变格式, {_RESAVE_ZH}",
        f"the name ends in {{extension}} but the content is {{kind_en}}; renaming does not help: {_RESAVE_EN}",
    ),
    "extension": (
        "IN-FILE-EXTENSION",
        "不读取 {extension} 文件(内容是{kind_zh}); 可用 .xlsx .xls .csv",
        "files named {extension} are not read (the content is {kind_en}); use .xlsx, .xls or .csv",
    ),
    "other-kind": ("IN-FILE-KIND", f"这是{{kind_zh}}; {_RESAVE_ZH}", f"this is {{kind_en}}: {_RESAVE_EN}"),
    "not-xlsx": (
        "IN-FILE-KIND",
        f"压缩包里没有工作簿; {_RESAVE_ZH}",
        f"there is no workbook in this package: {_RESAVE_EN}",
    ),
    "encoding": (
        "IN-FILE-ENCODING",
        "既不是 UTF-8 也不是 GB18030(GBK) 编码(第 {at} 字节), 请另存为 UTF-8 的 CSV",
        "neither UTF-8 nor GB18030 (GBK), see byte {at}: save it as CSV UTF-8",
    ),
    "encoding-damaged": (
        "IN-FILE-DAMAGED",
        "{encoding} 文本在第 {at} 字节损坏, 请重新导出",
        "the {encoding} text is damaged at byte {at}: export it again",
    ),
    "binary": (
        "IN-FILE-BINARY",
        "内容不是文本(第 {at} 个字符为 {character}); 请确认文件类型",
        "the content is no text (character {at} is {character}): check what kind of file this is",
    ),
    "csv-quote": (
        "IN-CSV-QUOTE",
        "第 {line} 行附近的双引号没有成对, 之后的行会被吞掉; 请补上或去掉引号",
        "a double quote near line {line} is not closed and swallows the rows after it: close or remove it",
    ),
    "cell-long": (
        "IN-CELL-LONG",
        "第 {line} 行附近有单元格超过 {limit} 个字符",
        "a cell near line {line} is longer than {limit} characters",
    ),
    "zip-broken": (
        "IN-FILE-BROKEN",
        f"文件损坏, 无法解压({{reason}}); {_RESAVE_ZH}",
        f"the file is damaged and cannot be unpacked ({{reason}}): {_RESAVE_EN}",
    ),
    "zip-members": (
        "IN-ZIP-BOMB",
        "压缩包内有 {count} 个文件(上限 {limit}), 拒绝读取",
        "the package holds {count} files (limit {limit}): refused",
    ),
    "zip-bomb": (
        "IN-ZIP-BOMB",
        "压缩炸弹: {member} 解压后有 {size} 字节(上限 {limit}), 拒绝读取",
        "zip bomb: {member} unpacks to {size} bytes (limit {limit}): refused",
    ),
    "zip-twice": (
        "IN-ZIP-TWICE",
        "压缩包内 {member} 出现两次, 拒绝读取",
        "{member} occurs twice in the package: refused",
    ),
    "xml-doctype": (
        "IN-XML-DOCTYPE",
        "{member} 含有 DOCTYPE, 正常工作簿没有; 拒绝读取",
        "{member} has a DOCTYPE, which no lawful workbook has: refused",
    ),
    "xml-broken": (
        "IN-FILE-BROKEN",
        f"{{member}} 第 {{line}} 行损坏({{reason}}); {_RESAVE_ZH}",
        f"{{member}} is damaged at line {{line}} ({{reason}}): {_RESAVE_EN}",
    ),
    "cell-order": (
        "IN-CELL-TWICE",
        f"表页“{{sheet}}”的 {{cell}} 给了两次或次序颠倒, 不知以哪个为准; {_RESAVE_ZH}",
        f"cell {{cell}} of sheet “{{sheet}}” is given twice or out of order, "
        f"so which value holds is unknown: {_RESAVE_EN}",
    ),
    "sheet-area": (
        "IN-SHEET-SIZE",
        "表页“{sheet}”的 {cell} 离其他数据太远(所占矩形超过 {limit} 格), 请删除该格后重新上传",
        "cell {cell} of sheet “{sheet}” is too far from the rest (over {limit} cells between): clear it",
    ),
    "sheet-cells": (
        "IN-SHEET-SIZE",
        "表页“{sheet}”超过 {limit} 个有内容的单元格, 请拆分",
        "sheet “{sheet}” has more than {limit} cells with content: split it",
    ),
    "sheet-merged": (
        "IN-SHEET-SIZE",
        "表页“{sheet}”的合并单元格超过 {limit} 处",
        "sheet “{sheet}” has more than {limit} merged ranges",
    ),
    "rows-differ": (
        "IN-ROWS-DIFFER",
        f"表页“{{sheet}}”第 {{row}} 行应有至少 {{scanned}} 格, 读到 {{read}} 格, 拒绝导入; {_RESAVE_ZH}",
        f"row {{row}} of sheet “{{sheet}}” holds {{scanned}} cells or more but {{read}} were read; "
        f"refused, so that nothing is lost: {_RESAVE_EN}",
    ),
    "memory": (
        "IN-FILE-MEMORY",
        "读取时超出内存上限, 请拆分文件",
        "reading it takes more memory than allowed: split the file",
    ),
    "killed": (
        "IN-FILE-KILLED",
        "读取进程中止(超过 {seconds} 秒或内存上限), 请拆分文件或另存后重试",
        "the reader was stopped (over {seconds} s or out of memory): split the file or save it anew",
    ),
    "broken": (
        "IN-FILE-BROKEN",
        f"文件损坏({{reason}}); {_RESAVE_ZH}",
        f"the file is damaged ({{reason}}): {_RESAVE_EN}",
    ),
}


def word_fault(code: str, particulars: Mapping[str, Any], file: str) -> Problem:
    """The problem of a fault code; ``particulars`` fill the blanks of its wording."""
    stable, zh, en = WORDING[code]
    kind = str(particulars.get("kind", ""))
    kind_zh, kind_en = KIND_NAMES.get(kind, (kind, kind))
    blanks = {**particulars, "kind_zh": kind_zh, "kind_en": kind_en}
    return Problem(stable, zh.format(**blanks), en.format(**blanks), where=file)
