"""docs/demo.md says what demo/fit.py has; the picture is plain SVG."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bench.fit import ROOT, fitted, main
from bench.fit_page import written


def test_the_page_states_the_fitted_figures() -> None:
    text = (ROOT / "docs" / "demo.md").read_text(encoding="utf-8")
    for name, value in fitted().items():
        assert f"| `{name}` | {written(value)} |" in text, f"{name}: write the page anew (python -m bench.fit --write)"


def test_the_picture_stands_beside_the_page() -> None:
    picture = ET.parse(ROOT / "docs" / "pictures" / "demo-fit.svg").getroot()
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    assert not picture.findall(".//{http://www.w3.org/2000/svg}image")


def test_the_demo_is_near_its_corpus(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert shared.is_dir()
    assert main([]) == 0
    (median, *_) = [line.split() for line in capsys.readouterr().out.splitlines() if "50% below" in line]
    corpus, demo = float(median[3]), float(median[5])
    assert demo == pytest.approx(corpus, rel=0.3)
