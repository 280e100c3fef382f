"""The strokes that the report's pictures are drawn with: SVG as plain text.

Colours are Okabe and Ito's, which colour-blind readers tell apart; what matters most is hatched as well.
"""

import math
from html import escape

WIDTH = 760
LEFT, RIGHT = 64, 22
INK, SOFT, GRID = "#1d2733", "#4d5c6b", "#d5dde5"
BLUE, SKY, ORANGE, VERMILION = "#0072b2", "#cfe4f3", "#e69f00", "#d55e00"
TICKS_MAX = 6


def picture(name: str, height: float, title: str, told: str, body: str) -> str:
    """An SVG that a screen reader reads as its title and what it tells."""
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-labelledby="{name}-title {name}-told">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-told">{escape(told)}</desc>{body}</svg>'
    )


def text(x: float, y: float, words: str, *, anchor: str = "start", look: str = "") -> str:
    """Words at a place; `look` is `strong`, `soft` or plain."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{look}">{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, stroke: str = GRID, more: str = "") -> str:
    """A straight line; `more` is further attributes."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{stroke}" {more}/>'


def bar(x: float, y: float, width: float, height: float, fill: str, told: str) -> str:
    """A filled rectangle that tells on hovering what it stands for."""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}">'
        f"<title>{escape(told)}</title></rect>"
    )


def hatch(name: str, colour: str, ground: str) -> str:
    """The pattern `#hatched-<name>`: stripes of a colour on a ground."""
    return (
        f'<defs><pattern id="hatched-{name}" width="6" height="6" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="6" height="6" fill="{ground}"/>'
        f'<rect width="3" height="6" fill="{colour}"/></pattern></defs>'
    )


def ticks(most: int, count: int = TICKS_MAX) -> list[int]:
    """Round numbers from 0 to `most`, at most about `count` of them."""
    rough = max(1, most // count)
    magnitude = int(10 ** math.floor(math.log10(rough)))
    step = next(magnitude * nice for nice in (1, 2, 5, 10) if magnitude * nice >= rough)
    return list(range(0, most + 1, step))
