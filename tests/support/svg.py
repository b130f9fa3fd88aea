"""Read the text and the colours back out of a screen's SVG, to say in words what changed."""

from __future__ import annotations

import difflib
import re
from typing import NamedTuple
from xml.etree import ElementTree

from rich.cells import cell_len

# How rich draws a screen: see Console.export_svg.
CELL_WIDTH = 12.2
LINE_HEIGHT = 24.4
TEXT_TOP = 20
BACKGROUND_TOP = 1.5
SVG = "{http://www.w3.org/2000/svg}"
STYLE_RULE = re.compile(r"\.terminal-(?:\d+-)?(r\d+) \{ ([^}]*) \}")


class Run(NamedTuple):
    """Cells of one look: text in a style, or (without text) a background of so many cells."""

    column: int
    text: str
    style: str


def lines_of(svg: str) -> list[str]:
    """Return the lines of text that an SVG shows, without blanks at their ends."""
    return [_text_of(runs) for runs in runs_of(svg)]


def difference(expected: str, actual: str) -> str:
    """Say what differs between two screens: lines of text, else the lines that look different."""
    before, after = runs_of(expected), runs_of(actual)
    expected_lines, actual_lines = [_text_of(runs) for runs in before], [_text_of(runs) for runs in after]
    if expected_lines != actual_lines:
        changes = difflib.unified_diff(expected_lines, actual_lines, "accepted", "now", n=2, lineterm="")
        return "\n".join(["the text differs:", *changes])
    told = ["the text is the same, the colours or styles differ:"]
    for number, (old, new) in enumerate(zip(before, after, strict=True), start=1):
        if old != new:
            told.append(f"line {number}: {_text_of(new)}")
            told += [f"  - {_told(run)}" for run in old if run not in new]
            told += [f"  + {_told(run)}" for run in new if run not in old]
    return "\n".join(told) if len(told) > 1 else "only the frame around the screen differs"


def runs_of(svg: str) -> list[list[Run]]:
    """Return the runs of each line, in order."""
    root = ElementTree.fromstring(svg)
    styles = {name: style.strip() for name, style in STYLE_RULE.findall(svg)}
    lines: dict[int, list[Run]] = {}
    for element in root.iter():
        if "clip-path" in element.attrib and element.tag == f"{SVG}text":
            style = styles.get(element.get("class", "").rsplit("-", 1)[-1], "")
            text = "".join(element.itertext()).replace("\xa0", " ")
            lines.setdefault(_line(element, TEXT_TOP), []).append(Run(_column(element), text, style))
        elif element.tag == f"{SVG}rect" and element.get("shape-rendering") == "crispEdges":
            cells = round(float(element.get("width", "0")) / CELL_WIDTH)
            run = Run(_column(element), "", f"background {element.get('fill')} for {cells}")
            lines.setdefault(_line(element, BACKGROUND_TOP), []).append(run)
    return [sorted(lines.get(number, [])) for number in range(max(lines, default=-1) + 1)]


def _line(element: ElementTree.Element, top: float) -> int:
    return round((float(element.get("y", "0")) - top) / LINE_HEIGHT)


def _column(element: ElementTree.Element) -> int:
    return round(float(element.get("x", "0")) / CELL_WIDTH)


def _text_of(runs: list[Run]) -> str:
    line = ""
    for run in runs:
        if run.text:
            line += " " * (run.column - cell_len(line)) + run.text
    return line.rstrip()


def _told(run: Run) -> str:
    return f"column {run.column}: {run.text!r} {run.style}" if run.text else f"column {run.column}: {run.style}"
