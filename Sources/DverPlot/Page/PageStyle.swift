/// How a page looks, on light and on dark backgrounds.
enum PageStyle {
  static let sheet: StaticString = """

    :root{--page:#f6f7f9;--card:#fff;--text:#1c2430;--muted:#5b6675;--line:#e3e7ec;--axis:#9aa4b1;
    --bad:#b3261e;--on:#fff;--v0:#2563eb;--v1:#e8590c;--v2:#0b8f6a;--v3:#a43dbd;--v4:#c2255c;
    --v5:#8a6d00;--v6:#0c8599;--v7:#5f3dc4}
    @media (prefers-color-scheme:dark){:root{--page:#12161c;--card:#1b212a;--text:#e6eaf0;
    --muted:#9aa6b5;--line:#2c3541;--axis:#66717f;--bad:#ff8a80;--on:#10141a;--v0:#6ea8fe;--v1:#ff9d5c;
    --v2:#4fd1a5;--v3:#d691e8;--v4:#ff8fb1;--v5:#e3c14a;--v6:#5fd0e0;--v7:#ab9bff}}
    *{box-sizing:border-box}
    body{margin:0;padding:28px clamp(14px,3vw,44px) 56px;background:var(--page);color:var(--text);
    font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
    header{margin:0 0 22px}
    h1{margin:0;font-size:24px;font-weight:650;letter-spacing:-.01em}
    header p{margin:4px 0 0;color:var(--muted);overflow-wrap:anywhere}
    main{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,520px),1fr));gap:20px}
    section{min-width:0;padding:18px 20px 14px;background:var(--card);border:1px solid var(--line);
    border-radius:12px;box-shadow:0 1px 2px rgb(16 24 40/.05)}
    .wide{grid-column:1/-1}
    h2{margin:0 0 6px;font-size:16px;font-weight:600;overflow-wrap:anywhere}
    .legend{display:flex;flex-wrap:wrap;gap:2px 16px;margin:0 0 6px;padding:0;list-style:none;
    color:var(--muted);font-size:13px}
    .legend li{display:flex;align-items:center;gap:6px;overflow-wrap:anywhere}
    .legend svg{flex:none;width:24px;height:12px}
    .drawings{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,380px),1fr));gap:16px}
    figure{margin:0;min-width:0}
    figcaption{color:var(--muted);font-size:13px;margin:0 0 4px;overflow-wrap:anywhere}
    figure svg{display:block;width:100%;height:auto;max-width:760px;margin:0 auto}
    img{display:block;max-width:100%;height:auto;border:1px solid var(--line);border-radius:6px;
    background:#fff}
    text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
    fill:var(--text)}
    .tick{fill:var(--muted);font-variant-numeric:tabular-nums}
    .label{font-size:13px;font-weight:500}
    .middle{text-anchor:middle}.end{text-anchor:end}
    .grid{stroke:var(--line);stroke-width:1}
    .axis{stroke:var(--axis);stroke-width:1}
    .v0{--c:var(--v0)}.v1{--c:var(--v1)}.v2{--c:var(--v2)}.v3{--c:var(--v3)}
    .v4{--c:var(--v4)}.v5{--c:var(--v5)}.v6{--c:var(--v6)}.v7{--c:var(--v7)}.plain{--c:var(--muted)}
    .line,.raw{fill:none;stroke:var(--c);stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
    .raw{stroke-width:1;opacity:.35}
    .dot{fill:var(--card);stroke:var(--c);stroke-width:1.8}
    .hidden{opacity:0}.dot:hover{opacity:1;fill:var(--c)}
    .point{fill:var(--c);fill-opacity:.6;stroke:var(--card);stroke-width:.8}
    .point:hover{fill-opacity:1;stroke:var(--text)}
    .bar{fill:var(--c)}.other{fill-opacity:.55}.bar:hover{filter:brightness(1.12)}
    .cell{fill:var(--c)}.cell:hover{stroke:var(--text);stroke-width:1.5}
    .count{font-variant-numeric:tabular-nums}.strong{fill:var(--on)}
    .problem{border-color:var(--bad)}.problem h2{color:var(--bad)}
    .problem p{margin:0;overflow-wrap:anywhere;white-space:pre-wrap}
    .table{overflow-x:auto}
    table{border-collapse:collapse;width:100%;font-size:14px}
    th,td{padding:6px 12px 6px 0;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}
    th{color:var(--muted);font-weight:550}tbody tr:last-child td{border-bottom:0}
    .number{text-align:right;font-variant-numeric:tabular-nums;padding-right:0;padding-left:12px}
    @media print{body{background:#fff;padding:0}section{break-inside:avoid;box-shadow:none}}

    """
}
