"""The catalogue: both languages, the same parameters, nothing missing and nothing unused."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import equipoise.view
from equipoise.assemble import codes
from equipoise.errors import UsageError
from equipoise.view.i18n import Messages, catalogue, parameters
from equipoise.view.report import FORMULAS

FOLDER = Path(equipoise.view.__file__).parent
FROM_DATA = ("missing",)
"""Families whose keys the pipeline names."""

IN_CODE = re.compile(r"""\b(?:words\.)?m\(\s*["']([\w.]+)["']""")
FAMILY = re.compile(r"""\bm\.(?:pick|has)\(\s*f?["']([\w]+)[."']""")
BUILT = re.compile(r"""\bm\(\s*f?["'](\w+)\.(?:\{|["']\s*~)""")


def _text() -> str:
    files = [*FOLDER.rglob("*.py"), *FOLDER.rglob("*.j2")]
    return "\n".join(p.read_text(encoding="utf-8") for p in sorted(files))


def _calls() -> list[tuple[str, set[str]]]:
    """Every call of ``m`` with a literal key in the code, and the names of its parameters."""
    found = []
    for path in sorted(FOLDER.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (
                isinstance(node, ast.Call) and _is_m(node.func) and node.args and isinstance(node.args[0], ast.Constant)
            ):
                continue
            if all(k.arg for k in node.keywords):
                found.append((str(node.args[0].value), {str(k.arg) for k in node.keywords}))
    return found


def _is_m(func: ast.expr) -> bool:
    return (isinstance(func, ast.Name) and func.id == "m") or (isinstance(func, ast.Attribute) and func.attr == "m")


def test_every_message_has_both_languages_and_nothing_else() -> None:
    for key, texts in catalogue().items():
        assert set(texts) == {"en", "zh"}, key
        assert all(t.strip() for t in texts.values()), key


def test_both_languages_take_the_same_parameters() -> None:
    for key, texts in catalogue().items():
        assert parameters(texts["en"]) == parameters(texts["zh"]), key


def test_every_key_in_code_and_templates_exists() -> None:
    used = {k for k in IN_CODE.findall(_text()) if not k.endswith(".")}
    assert used
    assert used - catalogue().keys() == set()


def test_calls_give_the_parameters_that_the_message_takes() -> None:
    for key, given in _calls():
        assert given == parameters(catalogue()[key]["en"]), key


def test_no_message_is_unused() -> None:
    text = _text()
    families = {*FAMILY.findall(text), *BUILT.findall(text), *FROM_DATA}
    quoted = set(re.findall(r"""["']([\w.]+)["']""", text))
    unused = [k for k in catalogue() if k not in quoted and k.split(".")[0] not in families]
    assert unused == []


def test_families_with_a_fixed_set_are_complete() -> None:
    for formula in FORMULAS:
        assert {f"formula.{formula}", f"formula_name.{formula}", f"formula_text.{formula}"} <= catalogue().keys()
    regions = {codes.region(s) for s in codes.in_system(year=2016)}
    assert {f"region.{r}" for r in regions} <= catalogue().keys()


def test_chinese_has_no_english_sentence() -> None:
    # Letters of formulas, names of methods and abbreviations stay; three English words in a row are a sentence.
    for key, texts in catalogue().items():
        assert not re.search(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}", texts["zh"]), key


def test_taiwan_usage() -> None:
    everything = "".join(t["zh"] for t in catalogue().values())
    for word in ("多方外交", "迴旋餘地", "秩序壓力", "交往", "競爭", "脅迫", "交叉壓力", "陣營"):
        assert word in everything
    for word in ("多向量", "數據庫", "信息", "质", "国", "这"):
        assert word not in everything


def test_missing_key_and_language_raise() -> None:
    with pytest.raises(KeyError, match="no message 'nothing_here'"):
        Messages("en")("nothing_here")
    with pytest.raises(KeyError):
        Messages("en")("title")
    with pytest.raises(UsageError, match="zh-Hant"):
        Messages("fr")


def test_unknown_value_of_the_data_is_shown_as_it_came() -> None:
    assert Messages("zh").pick("kind", "honorary_guest") == "honorary guest"


@pytest.mark.parametrize("lang", ["zh", "zh-Hant", "zh-TW", "ZH-hant"])
def test_names_of_the_language(lang: str) -> None:
    assert Messages(lang)("outside") == "列強之外"
