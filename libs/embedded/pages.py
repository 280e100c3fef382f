"""The home page: what runs, where to look, and the demo's report. One document, nothing from elsewhere."""

import datetime as dt
from collections.abc import Mapping
from html import escape

KST = dt.timezone(dt.timedelta(hours=9))

OWNS = {
    "intake": ("공고·신청·자격", "programmes, organisations, applications, screening, agreements"),
    "review": ("심사·선정", "panels, score sheets, selection runs, waiting lists"),
    "allocator": ("배정·세션", "providers, capacity, placement, grants, sessions"),
    "metering": ("사용량·장애", "usage, waits, outages, monthly statements"),
    "billing": ("자부담·정산", "prices, self-payments, budget, settlements, ledger"),
}

STYLE = """
:root{--ink:#1d2733;--soft:#5b6b7b;--line:#dbe2e9;--paper:#fff;--ground:#f4f6f8;--brand:#0b5cab;--ok:#0a7d4f;--bad:#b3261e}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);
font:16px/1.6 "Noto Sans KR","Apple SD Gothic Neo","Malgun Gothic",NanumGothic,system-ui,sans-serif}
header{background:var(--brand);color:#fff;padding:28px 0}
header h1{margin:0;font-size:1.7rem}header p{margin:.3rem 0 0;opacity:.9}
header>div,main{max-width:1120px;margin:0 auto;padding:0 20px}main{padding:24px 20px 60px}
h2{font-size:1.15rem;margin:32px 0 12px}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(204px,1fr));gap:12px}
.card{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:14px 16px}
.card b{display:block;font-size:1.1rem}.card small{display:block;color:var(--soft);min-height:6em;line-height:1.5}
.ok{color:var(--ok)}.bad{color:var(--bad)}
a{color:var(--brand)}.card a{margin-right:.7em;white-space:nowrap}
pre{background:#17212b;color:#e6edf3;padding:14px 16px;border-radius:10px;
overflow:auto;font-size:.86rem;line-height:1.55}
iframe{width:100%;height:1800px;border:1px solid var(--line);border-radius:10px;background:#fff}
.soft{color:var(--soft)}
"""


def home_page(
    services: Mapping[str, bool], now: dt.datetime, *, simulated: bool, url: str, report: bool, postgres: str
) -> str:
    """The page's HTML for the services' readiness, the clock's instant, and whether the demo left a report."""
    cards = "".join(_card(name, ready) for name, ready in services.items())
    clock = f"{now.astimezone(KST):%Y-%m-%d %H:%M} KST"
    how = "시뮬레이션 시각 · simulated" if simulated else "실제 시각 · real"
    return f"""<!doctype html>
<html lang="ko"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>두레 · Dure</title><link rel="icon" href="data:,"><style>{STYLE}</style></head><body>
<header><div><h1>두레 <span lang="en">Dure</span></h1>
<p>공공 GPU 지원 사업을 공모에서 정산까지 ·
<span lang="en">public GPU-support programmes from call to settlement</span></p></div></header>
<main>
<h2>지금 돌고 있는 것 · What runs</h2>
<p><b>{clock}</b> <span class="soft">({how})</span> · PostgreSQL {escape(postgres)} ·
<a href="/metrics">전체 지표 · all metrics</a> · <a href="/embedded/v1/status">상태 JSON · status</a></p>
<div class="cards">{cards}</div>
{_report(present=report)}
<h2>바로 써 보기 · Try it</h2>
<p>문서 화면의 <b>Authorize</b>에 아래 토큰을 붙여 넣으세요.
<span lang="en">Paste a token into <b>Authorize</b> on a docs page.</span></p>
<pre>./dure token --role officer
./dure programme check programmes/gpu-rental-2025s.yaml
./dure programme open gpu-rental-2025s
curl -H "Authorization: Bearer $(./dure token --role officer)" {escape(url)}/intake/v1/programmes
./dure clock set 2025-09-01T09:00      ./dure bus lag      ./dure status      ./dure down</pre>
</main></body></html>"""


def _card(name: str, ready: bool) -> str:
    ko, en = OWNS[name]
    state = '<span class="ok">● 정상 · ready</span>' if ready else '<span class="bad">● 준비 안 됨 · not ready</span>'
    return (
        f'<div class="card"><b>{name}</b>{ko}<small lang="en">{en}</small>{state}<br>'
        f'<a href="/{name}/docs">문서 · docs</a><a href="/{name}/metrics">지표 · metrics</a></div>'
    )


def _report(*, present: bool) -> str:
    if not present:
        return (
            "<h2>시연 보고서 · Demo report</h2>"
            "<p>아직 없습니다. <code>./dure demo</code> 를 실행하면 여기에 나타납니다. · "
            '<span lang="en">None yet: <code>./dure demo</code> puts it here.</span></p>'
        )
    return (
        '<h2>시연 보고서 · Demo report</h2><p><a href="/report/">따로 열기 · open by itself</a></p>'
        '<iframe src="/report/" title="시연 보고서 · demo report"></iframe>'
    )
