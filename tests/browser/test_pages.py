"""The pages in headless Chromium: no failed request, no console error, no blank chart, no missing glyph."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

import equipoise

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SECTIONS = 12
"""Charts that the Kazakh report has at least."""

# A chart is blank if its picture has no ink beyond its frame: count the pixels that differ from the background.
_INK = """
async (svg) => {
  const box = svg.getBoundingClientRect();
  const text = new XMLSerializer().serializeToString(svg);
  const image = new Image();
  image.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(text);
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(box.width); canvas.height = Math.ceil(box.height);
  const pen = canvas.getContext('2d');
  pen.fillStyle = 'white'; pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  const data = pen.getImageData(0, 0, canvas.width, canvas.height).data;
  let ink = 0;
  for (let i = 0; i < data.length; i += 4) if (data[i] + data[i + 1] + data[i + 2] < 660) ink++;
  return ink / (canvas.width * canvas.height);
}
"""

# A glyph that no font has is drawn as the box of an unassigned character: compare pictures, character by character.
_BOXES = """
(text) => {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 40;
  const pen = canvas.getContext('2d', {willReadFrequently: true});
  const picture = (c) => {
    pen.fillStyle = 'white'; pen.fillRect(0, 0, 40, 40); pen.fillStyle = 'black';
    pen.font = '24px ' + getComputedStyle(document.body).fontFamily;
    pen.fillText(c, 6, 28);
    return pen.getImageData(0, 0, 40, 40).data.join();
  };
  const box = picture('\\u{10FFFE}'), blank = picture(' ');
  return [...new Set(text)].filter(c => c.trim() && [box, blank].includes(picture(c)));
}
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = os.environ.get("EQUIPOISE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.fail(
            "no Chromium: install it (Debian: apt-get install chromium fonts-noto-cjk) or set EQUIPOISE_CHROMIUM"
        )
    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ]
    with sync_playwright() as play:
        window = play.chromium.launch(executable_path=path, args=flags)
        yield window
        window.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    tab = browser.new_page(viewport={"width": 1200, "height": 900})
    yield tab
    tab.close()


def opened(page: Page, file: Path) -> list[str]:
    """Open a file; return what went wrong: console messages, failed requests, requests to anywhere else."""
    wrong: list[str] = []
    page.on("console", lambda m: wrong.append(f"console: {m.text}"))
    page.on("pageerror", lambda e: wrong.append(f"error: {e}"))
    page.on("requestfailed", lambda r: wrong.append(f"failed: {r.url}"))
    page.on("request", lambda r: None if r.url.startswith(("file:", "data:")) else wrong.append(f"request: {r.url}"))
    page.goto(file.as_uri(), wait_until="load")
    return wrong


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Path]:
    """The page of a state in a language, computed once a state and drawn once a language."""
    folder, computed = tmp_path_factory.mktemp("page"), cache(equipoise.report)

    @cache
    def made(state: str, lang: str) -> Path:
        return replace(computed(state), lang=lang).save(folder / f"{state}-{lang}.html")

    return made


@pytest.mark.parametrize("lang", ["en", "zh-Hant"])
@pytest.mark.parametrize("state", ["KAZ", "NRU"])
def test_a_report_in_the_browser(page, saved, state, lang):
    wrong = opened(page, saved(state, lang))
    charts = page.query_selector_all("figure svg")
    assert wrong == []
    assert len(charts) >= (SECTIONS if state == "KAZ" else 3)
    for chart in charts:
        assert chart.evaluate(_INK) > 0.002, chart.evaluate("s => s.closest('figure').innerText.slice(0, 80)")
    assert page.evaluate(_BOXES, page.inner_text("body")) == []
    assert page.evaluate("document.documentElement.lang").startswith(lang)
    # Nothing hangs over the side, on a screen or on a phone.
    for width in (1200, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_chinese_report_holds_no_english_sentence(page, saved):
    opened(page, saved("KAZ", "zh-Hant"))
    for tag in ("h1", "h2", "h3", "figcaption", "summary"):
        for text in page.eval_on_selector_all(tag, "all => all.map(e => e.innerText)"):
            assert not text or any("\u4e00" <= c <= "\u9fff" for c in text), (tag, text)


def test_a_comparison_in_the_browser(page, tmp_path):
    file = equipoise.compare(["KAZ", "UZB", "BLR"]).save(tmp_path / "compare.html")
    assert opened(page, file) == []
    charts = page.query_selector_all("figure svg")
    assert charts and all(c.evaluate(_INK) > 0.002 for c in charts)


def test_it_prints_without_cutting_a_chart(page, saved):
    opened(page, saved("KAZ", "en"))
    page.emulate_media(media="print")
    kept = page.eval_on_selector_all(
        "figure", "all => all.every(f => getComputedStyle(f).breakInside.startsWith('avoid'))"
    )
    assert kept
    assert page.pdf(format="A4").startswith(b"%PDF")
