// What moved: a calendar of change points, tests of trends, before and after a document; and why a rate changed.
const CHANGES = rowsOf(DATA.changes), PARTS = rowsOf(DATA.parts), SURE = 0.05;
const UP = "#0b6e4f", DOWN = "#b4451f", GREY = "#aab3b9";
const claimed = (row) => row.q !== null && row.q < SURE;
const signed = (value) => (value === null ? "–" : `${value > 0 ? "+" : ""}${number3(value)}`);
const number3 = (value) => number(value).replace("-", "−");
const between = (row) => (row.low === null ? "" : ` (${number3(row.low)}, ${number3(row.high)})`);
const qText = (q) => (q === null ? "–" : q < 0.001 ? "< .001" : q.toPrecision(2).replace(/^0/, ""));

/** What can be shown: codes in a group, parts of codes, words, topics, or all groups of a code. */
function movesControls() {
  const tested = CHANGES.filter((row) => row.kind === "trend" || row.kind === "level" || row.kind.includes("since"));
  const groups = [...new Set(tested.filter((row) => codeOf.has(row.series)).map((row) => row.group))].sort((a, b) => (a !== "all") - (b !== "all") || a.localeCompare(b));
  const has = (test) => tested.some((row) => row.group === "all" && test(row.series));
  const kinds = [["stances", (name) => name.includes("/") && !name.endsWith("/own")], ["own", (name) => name.endsWith("/own")], ["terms", (name) => name.startsWith("term:")], ["topics", (name) => name.startsWith("topic:")]];
  const codes = DATA.codes.filter((code) => tested.some((row) => row.series === code.id && row.group !== "all"));
  options($("moves-of"), [
    ...groups.slice(0, 1).map((group) => [`group:${group}`, w("moves_codes", { group: groupName(group) })]),
    ...kinds.filter(([, test]) => has(test)).map(([name]) => [name, w(`moves_${name}`)]),
    ...codes.map((code) => [`code:${code.id}`, w("moves_groups", { code: codeName(code.id) })]),
    ...groups.slice(1).map((group) => [`group:${group}`, w("moves_codes", { group: groupName(group) })]),
  ]);
}

/** The lines chosen: name and rows of each. */
function movesLines() {
  const chosen = $("moves-of").value, [kind, value] = [chosen.split(":")[0], chosen.slice(chosen.indexOf(":") + 1)];
  const tests = {
    group: (row) => codeOf.has(row.series) && row.group === value,
    code: (row) => row.series === value,
    stances: (row) => row.group === "all" && codeOf.has(row.series.split("/")[0]) && /\/(?!own$)/.test(row.series),
    own: (row) => row.group === "all" && row.series.endsWith("/own"),
    terms: (row) => row.group === "all" && row.series.startsWith("term:"),
    topics: (row) => row.group === "all" && row.series.startsWith("topic:"),
  };
  const lines = new Map();
  for (const row of CHANGES.filter(tests[kind])) lines.set(`${row.series} ${row.group}`, [...(lines.get(`${row.series} ${row.group}`) || []), row]);
  const order = new Map(DATA.codes.map((code, at) => [code.id, at]));
  const least = (rows) => Math.min(2, ...rows.map((row) => row.q ?? 2));
  return [...lines.values()].sort((a, b) => (kind === "group" ? order.get(a[0].series) - order.get(b[0].series) : (a[0].group !== "all") - (b[0].group !== "all") || least(a) - least(b)))
    .map((rows) => ({ name: kind === "code" ? groupName(rows[0].group) : seriesName(rows[0].series), rows })).slice(0, 60);
}

function changeText(row) {
  const verdict = claimed(row) ? (row.effect > 0 ? w("rises") : w("falls")) : row.q === null ? w("no_test") : w("no_claim");
  return [
    `${seriesName(row.series)}${row.group === "all" ? "" : ` · ${groupName(row.group)}`}${row.period ? ` · ${row.period}` : ""}`,
    row.before === null ? "" : w("before_after", { before: number3(row.before), after: number3(row.after) }),
    `${signed(row.effect)}${between(row)} · q ${qText(row.q)}`,
    row.support === null ? "" : w("support", { n: `${Math.round(100 * row.support)}%` }),
    verdict, reasonText(row.reason),
  ].filter(Boolean).join("\n");
}

/** The sentences behind a change: of the period it begins with. */
function openChange(row) {
  const [code, part] = row.series.split("/"), title = changeText(row).split("\n")[0], note = changeText(row).split("\n").slice(1).join(" · ");
  if (row.series.startsWith("term:")) return showWord(title, termOf(row.series), row.period, note);
  if (row.series.startsWith("topic:")) return showTerms(title, DATA.topics.topics.find((one) => one.topic === +row.series.slice(6))?.terms.map(([term]) => term) || [], row.period, note);
  const find = { code, group: row.group, stance: part && part !== "own" ? part : null, own: part === "own" };
  const wanted = (mark) => mark[2] === "code" && mark[3] === code && (!find.stance || mark[5] === find.stance);
  showSentences(title, coded({ ...find, period: row.period }), wanted, note, coded(find));
}

/** Periods that a label stands below, so that labels keep apart. */
const labelEvery = (wide) => Math.max(1, Math.ceil((11 * textWidth(PERIODS[0]) + 8) / wide));

function drawCalendar(lines) {
  const room = $("calendar").clientWidth, left = Math.min(230, room * 0.36, 20 + 12 * Math.max(...lines.map((line) => textWidth(line.name))));
  const wide = Math.max(17, Math.min(96, (Math.min(room, 950) - left - 10) / PERIODS.length)), tall = 28, top = 6;
  const width = left + wide * PERIODS.length + 10, height = top + tall * lines.length + 24;
  const svg = make("svg", { class: "plot", width, height, viewBox: `0 0 ${width} ${height}`, role: "group" });
  const x = (at) => left + wide * (at + 0.5), y = (at) => top + tall * (at + 0.5);
  PERIODS.forEach((period, at) => {
    svg.append(make("line", { class: "grid", x1: x(at), x2: x(at), y1: top, y2: height - 24 }));
    if (at % labelEvery(wide) === 0) svg.append(make("text", { x: x(at), y: height - 6, "text-anchor": "middle" }, period));
  });
  lines.forEach((line, at) => {
    svg.append(make("line", { class: "grid", x1: left, x2: width - 10, y1: y(at), y2: y(at) }));
    svg.append(make("text", { class: "name", x: left - 10, y: y(at) + 4, "text-anchor": "end" }, cutText(line.name, left - 16)));
    for (const row of line.rows.filter((one) => one.kind === "level" && PERIODS.includes(one.period))) {
      const up = row.effect >= 0, size = 5 + 6 * (row.support || 0), middle = x(PERIODS.indexOf(row.period)), sign = up ? -1 : 1, colour = up ? UP : DOWN;
      const d = `M${middle - size} ${y(at) - sign * size * 0.8}H${middle + size}L${middle} ${y(at) + sign * size * 0.9}Z`;
      const mark = make("g", {}, make("rect", { x: middle - wide / 2, y: y(at) - tall / 2, width: wide, height: tall, fill: "transparent" }),
        make("path", { class: "dot", d, fill: claimed(row) ? colour : "#fff", stroke: colour, "stroke-width": 1.5, opacity: claimed(row) ? 0.45 + 0.55 * (row.support || 0) : 1 }));
      svg.append(opens(mark, changeText(row), () => openChange(row)));
    }
  });
  const any = lines.some((line) => line.rows.some((one) => one.kind === "level" && one.period));
  $("calendar").replaceChildren(any ? svg : make("p", { class: "note" }, w("no_levels")));
}

/** About how wide a text is, in Chinese characters. */
const textWidth = (text) => [...text].reduce((sum, one) => sum + (one > "\u2e7f" ? 1.15 : 0.62), 0);
function cutText(text, wide) {
  if (textWidth(text) * 11 <= wide) return text;
  let short = [...text];
  while (short.length > 2 && textWidth(short.join("")) * 11 > wide - 10) short = short.slice(0, -1);
  return `${short.join("")}…`;
}

function drawMoves() {
  const lines = movesLines();
  drawCalendar(lines);
  const trends = lines.map((line) => ({ line, row: line.rows.find((row) => row.kind === "trend") })).filter(({ row }) => row);
  const heads = [[w("series")], [w("slope"), "n"], ["q", "n"], [w("fitted"), "n"], [w("n_periods"), "n"], [w("remark"), "why"]];
  $("trend-table").replaceChildren(tableOf(heads, trends.map(({ line, row }) => ({
    kind: claimed(row) ? "" : "unsure",
    cells: [line.name, row.effect === null ? "–" : `${signed(row.effect)}${between(row)}`, qText(row.q), row.before === null ? "–" : `${number3(row.before)} → ${number3(row.after)}`, String(row.n_periods),
      reasonText(row.reason) || (claimed(row) ? (row.effect > 0 ? w("rises") : w("falls")) : row.q === null ? w("no_test") : w("no_claim"))],
  }))));
  const since = lines.flatMap((line) => line.rows.filter((row) => row.since).map((row) => ({ line, row })));
  const columns = [[w("series")], [w("named_document"), "what"], [w("what")], [w("after_less_before"), "n"], ["q", "n"], [w("remark"), "why"]];
  const opener = (row, text) => { const button = make("button", { type: "button", class: "open" }, text); button.addEventListener("click", () => openChange(row)); return button; };
  $("since").replaceChildren(...(since.length ? [make("h3", {}, w("since_table")), make("p", { class: "note" }, w("since_note")), make("div", { class: "scroll" }, tableOf(columns, since.map(({ line, row }) => ({
    kind: claimed(row) ? "" : "unsure",
    cells: [line.name, opener(row, `${row.since} · ${row.period || ""}`), w(row.kind), row.effect === null ? "–" : `${signed(row.effect)}${between(row)}`, qText(row.q), reasonText(row.reason) || (claimed(row) ? "" : w(row.q === null ? "no_test" : "no_claim"))],
  }))))] : []));
}

// why a rate changed
const PART_COLOURS = { within: "#4477aa", issuers: "#c98a00", kinds: "#8c6bb1" };

function whyControls() {
  const order = new Map(DATA.codes.map((code, at) => [code.id, at]));
  const names = [...new Set(PARTS.map((row) => row.series))].sort((a, b) => (order.get(a) ?? 99) - (order.get(b) ?? 99) || a.localeCompare(b));
  options($("why-series"), names.map((name) => [name, seriesName(name)]));
  options($("why-group"), [...new Set(PARTS.map((row) => row.group))].map((group) => [group, groupName(group)]));
  options($("why-from"), [["", w("all")], ...[...new Set(PARTS.map((row) => row.before))].sort().map((period) => [period, period])]);
  const key = (colour, text) => make("span", { class: "key" }, dot(colour), text);
  $("why-keys").replaceChildren(...Object.entries(PART_COLOURS).map(([name, colour]) => key(colour, w(`part_${name}`))), make("span", { class: "key" }, `◆ ${w("part_total")}`));
}

function drawWhy() {
  const from = $("why-from").value, unit = w(unitOf($("why-series").value));
  const rows = PARTS.filter((row) => row.series === $("why-series").value && row.group === $("why-group").value && (!from || row.before === from)).slice(0, 40);
  const left = 96, right = 120, width = Math.max(320, Math.min(760, $("why-bars").parentElement.clientWidth)), tall = 34, top = 4, height = top + tall * rows.length + 26;
  const reach = 1.05 * Math.max(1e-9, ...rows.flatMap((row) => { const all = [row.within, row.issuers, row.kinds]; return [all.filter((one) => one > 0).reduce((a, b) => a + b, 0), -all.filter((one) => one < 0).reduce((a, b) => a + b, 0), Math.abs(row.low || 0), Math.abs(row.high || 0)]; }));
  const x = (value) => left + ((width - left - right) * (value + reach)) / (2 * reach);
  const svg = make("svg", { class: "plot", width, height, viewBox: `0 0 ${width} ${height}`, role: "group" });
  const step = niceTop(reach / 2.2);
  for (const value of [-step, 0, step]) {
    if (Math.abs(value) > reach) continue;
    svg.append(make("line", { class: value ? "grid" : "axis", x1: x(value), x2: x(value), y1: top, y2: height - 24 }));
    svg.append(make("text", { x: x(value), y: height - 8, "text-anchor": "middle" }, signed(value)));
  }
  rows.forEach((row, at) => {
    const middle = top + tall * (at + 0.5), bar = make("g", {}, make("rect", { x: 0, y: middle - tall / 2, width, height: tall, fill: "transparent" }));
    let plus = 0, minus = 0;
    for (const [name, colour] of Object.entries(PART_COLOURS)) {
      const start = row[name] > 0 ? plus : minus, end = start + row[name];
      bar.append(make("rect", { x: Math.min(x(start), x(end)), y: middle - 9, width: Math.abs(x(end) - x(start)), height: 18, fill: colour }));
      if (row[name] > 0) plus = end; else minus = end;
    }
    if (row.low !== null) bar.append(make("line", { x1: x(row.low), x2: x(row.high), y1: middle + 13, y2: middle + 13, stroke: PART_COLOURS.within, "stroke-width": 2 }));
    const total = row.rate_after - row.rate_before, d = x(total);
    bar.append(make("path", { class: "dot", d: `M${d} ${middle - 7}l6 7l-6 7l-6 -7Z`, fill: "#1d2327", stroke: "#fff" }));
    bar.append(make("text", { class: "name", x: left - 10, y: middle + 4, "text-anchor": "end" }, `${row.before}–${row.after}`));
    bar.append(make("text", { class: "name", x: width - right + 8, y: middle + 4 }, `${number3(row.rate_before)} → ${number3(row.rate_after)}`));
    const text = [`${row.before} → ${row.after}: ${signed(total)} ${unit}`, ...Object.keys(PART_COLOURS).map((name) => `${w(`part_${name}`)} ${signed(row[name])}${name === "within" ? between(row) : ""}`), w("shared", { n: `${Math.round(100 * row.shared)}%` }), reasonText(row.reason)].filter(Boolean).join("\n");
    svg.append(opens(bar, text, () => openWhy(row, text)));
  });
  $("why-bars").replaceChildren(svg);
}

/** The sentences of both periods. */
function openWhy(row, text) {
  const [code, part] = row.series.split("/"), find = { code, group: row.group, own: part === "own", stance: part && part !== "own" ? part : null };
  const both = [row.before, row.after].flatMap((period) => coded({ ...find, period }));
  showSentences(`${seriesName(row.series)} · ${row.before}, ${row.after}`, both, (mark) => mark[2] === "code" && mark[3] === code, text.split("\n").join(" · "));
}
