"""How the report looks: dark text on white, wide tables that scroll in their box, whole on paper."""

STYLE = """
:root{--ink:#1d2733;--soft:#4d5c6b;--line:#d5dde5;--brand:#0b5cab;--tint:#f2f6fa;--ok:#0a6b45;--bad:#a3210f}
*{box-sizing:border-box}html{scroll-behavior:smooth}
body{margin:0;background:#fff;color:var(--ink);
font:16px/1.65 "Noto Sans KR","Noto Sans CJK KR","Apple SD Gothic Neo","Malgun Gothic",NanumGothic,system-ui,sans-serif;
word-break:keep-all;overflow-wrap:anywhere}
header,main,footer{max-width:1000px;margin:0 auto;padding:0 20px}
header{padding-top:28px}h1{font-size:1.7rem;line-height:1.3;margin:0}
h1 small,h2 small,h3 small{font-weight:400;color:var(--soft);font-size:.72em;margin-left:.3em}
h2{font-size:1.28rem;margin:44px 0 10px;padding-top:14px;border-top:2px solid var(--ink)}
h3{font-size:1.04rem;margin:26px 0 6px}
p{margin:.4em 0}[lang=en]{color:var(--soft)}.en{display:block;font-size:.88em;color:var(--soft);line-height:1.45}
nav{margin:16px 0 0;display:flex;flex-wrap:wrap;gap:6px 8px}
nav a{padding:3px 11px;border:1px solid var(--line);border-radius:99px;text-decoration:none;font-size:.9rem}
a{color:var(--brand)}a:focus-visible,[tabindex]:focus-visible{outline:3px solid #e69f00;outline-offset:2px}
.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(218px,1fr));gap:10px;margin:20px 0 0;padding:0}
.tiles div{border:1px solid var(--line);border-radius:10px;padding:11px 14px;background:var(--tint)}
.tiles dt{font-size:.9rem}.tiles dd{margin:2px 0 0;font-size:1.32rem;font-weight:700;line-height:1.35}
.tiles dd small{display:block;font-weight:400;font-size:.8rem;color:var(--soft)}
figure{margin:12px 0 4px}figcaption{font-size:.92rem}
.picture{overflow-x:auto}.picture svg{display:block;width:100%;min-width:640px;height:auto}
svg text{font:12px "Noto Sans KR","Noto Sans CJK KR","Apple SD Gothic Neo","Malgun Gothic",NanumGothic,sans-serif;
fill:var(--ink)}svg text.strong{font-weight:700}svg text.soft{fill:var(--soft);font-size:11.5px}
.table{overflow:auto;max-height:620px;border:1px solid var(--line);border-radius:8px;margin:10px 0}
table{border-collapse:collapse;width:100%;font-size:.91rem}
th,td{padding:6px 11px;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
thead th{position:sticky;top:0;background:var(--tint);white-space:nowrap;font-weight:700;box-shadow:0 1px 0 var(--line)}
th .en,td .en{font-size:.84em;font-weight:400}tbody tr:last-child td{border-bottom:0}
td.n,th.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums;overflow-wrap:normal}
td.t{width:1%;white-space:nowrap;overflow-wrap:normal}
tr.sum td{position:sticky;bottom:0;font-weight:700;background:var(--tint);border-top:2px solid var(--ink)}
code{font:.88em/1.4 ui-monospace,"DejaVu Sans Mono",Consolas,monospace}
.ok{color:var(--ok);font-weight:700}.bad{color:var(--bad);font-weight:700}.none{color:var(--soft)}
.explained{border-left:4px solid var(--brand);padding:2px 0 2px 16px;margin:10px 0}.explained li{margin:.35em 0}
footer{margin-top:40px;padding-bottom:40px;color:var(--soft);font-size:.9rem}
@media (max-width:560px){body{font-size:15px}h1{font-size:1.4rem}
header,main,footer{padding-left:14px;padding-right:14px}
.tiles{grid-template-columns:1fr 1fr}.tiles dd{font-size:1.1rem}th,td{padding:5px 8px}}
@media print{@page{size:A4;margin:13mm}body{font-size:10pt}nav{display:none}
header,main,footer{max-width:none;padding:0}h2{break-after:avoid;margin-top:22px}h3{break-after:avoid}
.tiles{grid-template-columns:repeat(4,1fr);gap:6px}.tiles dd{font-size:1rem}
.table{overflow:visible;max-height:none;border-radius:0}.picture{overflow:visible}.picture svg{min-width:0}
figure,tr,.tiles div,.explained{break-inside:avoid}table{font-size:7.6pt}th,td{padding:2px 5px}
thead{display:table-header-group}thead th,tr.sum td{position:static}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
"""
