// The framework: constructs as circles, how far they meet in a paragraph as links; and the degree of coordination over time.
const NET = { ...DATA.framework, pairs: rowsOf(DATA.framework.pairs) };
const netPeriods = () => [...(NET.pairs.some((row) => row.period === "all") ? ["all"] : []), ...NET.periods];
const netPeriod = () => netPeriods()[+$("net-period").value];

const liftText = (row) => (row.lift === null ? "–" : `${row.lift.toFixed(2)}${row.low === null ? "" : ` (${row.low.toFixed(2)}–${row.high.toFixed(2)})`}`);

function netControls() {
  $("net-period").max = netPeriods().length - 1;
  options($("net-group"), NET.groups.map((group) => [group, groupName(group)]));
  $("net-group-choice").hidden = NET.groups.length < 2;
  if ($("degree-pair")) options($("degree-pair"), [...new Map([...NET.degrees].sort(byInterest).map((row) => [`${row.a} ${row.b}`, `${seriesName(row.a)} ⇄ ${seriesName(row.b)}`]))]);
}

/** Technology and institutions first: the pair the framework is about; then as in the codebook. */
function byInterest(one, other) {
  const order = new Map(DATA.codes.map((code, at) => [code.id, at])), rank = (row) => [row.a, row.b].reduce((sum, code) => sum + (order.get(code) ?? 99), 0);
  return rank(one) - rank(other);
}

function pairText(row) {
  const names = { a: codeName(row.a), b: codeName(row.b) };
  return [
    `${names.a} — ${names.b}`,
    `${w("lift")} ${liftText(row)} · q ${qText(row.q)}`,
    `${w("paragraphs", { n: `${grouped(row.n_a)} / ${grouped(row.n_b)}` })} · ${w("together", { n: grouped(row.both) })}`,
    row.share === null ? "" : w("share_ab", { ...names, n: `${Math.round(100 * row.share)}%` }),
    row.share_back === null ? "" : w("share_ab", { a: names.b, b: names.a, n: `${Math.round(100 * row.share_back)}%` }),
    claimed(row) ? "" : w(row.q === null ? "no_test" : "no_claim"), reasonText(row.reason),
  ].filter(Boolean).join("\n");
}

function drawNet() {
  const period = netPeriod(), group = $("net-group").value, shown = period === "all" ? w("all_periods") : period;
  $("net-period-shown").textContent = shown;
  const rows = NET.pairs.filter((row) => row.period === period && row.group === group), sizes = NET.paragraphs[group]?.[period] || {};
  const room = Math.min(760, $("net").clientWidth), width = Math.max(room, 320), height = Math.min(460, width * 0.85), side = width < 500 ? 62 : 110;
  const most = Math.max(1, ...Object.values(sizes)), radius = (id) => (width < 500 ? 8 : 10) + (width < 500 ? 12 : 18) * Math.sqrt((sizes[id] || 0) / most);
  const at = new Map(NET.nodes.map((node) => [node.id, [width / 2 + (width / 2 - side) * node.x, height / 2 - (height / 2 - 56) * node.y]]));
  const svg = make("svg", { class: "plot net", width, height, viewBox: `0 0 ${width} ${height}`, role: "group" });
  const strength = (row) => Math.abs(Math.log2(row.lift || 1)), taken = [...at.values()], labels = [];
  for (const row of rows.filter((one) => one.lift).sort((a, b) => claimed(a) - claimed(b) || strength(a) - strength(b))) {
    const [[ax, ay], [bx, by]] = [at.get(row.a), at.get(row.b)], sure = claimed(row), colour = !sure ? GREY : row.lift >= 1 ? UP : DOWN;
    const line = { x1: ax, y1: ay, x2: bx, y2: by }, mark = make("g", {});
    mark.append(make("line", { ...line, stroke: "transparent", "stroke-width": 14 }));
    mark.append(make("line", { ...line, class: "dot", stroke: colour, "stroke-width": sure ? 1.5 + 4 * Math.min(1.6, strength(row)) : 1.3, "stroke-dasharray": sure ? "none" : "4 4", opacity: sure ? 0.75 : 1 }));
    svg.append(opens(mark, pairText(row), () => openPair(row)));
    if (sure) labels.push([row, line, colour]);
  }
  for (const [row, { x1, y1, x2, y2 }, colour] of labels.reverse()) {
    const spots = [50, 42, 58, 34, 66, 28, 72].map((share) => [x1 + ((x2 - x1) * share) / 100, y1 + ((y2 - y1) * share) / 100]);
    const free = ([x, y]) => Math.min(60, ...taken.map(([tx, ty]) => Math.hypot(x - tx, 1.4 * (y - ty))));
    const best = spots.reduce((one, other) => (free(other) > free(one) ? other : one));
    taken.push(best);
    svg.append(make("text", { class: "halo", x: best[0], y: best[1] + 4, "text-anchor": "middle", fill: colour }, row.lift.toFixed(2)));
  }
  for (const node of NET.nodes) {
    const [x, y] = at.get(node.id), low = node.y < 0, mark = make("g", {});
    mark.append(make("circle", { class: "dot", cx: x, cy: y, r: radius(node.id), fill: codeOf.get(node.id).colour, stroke: "#fff", "stroke-width": 1.5, opacity: sizes[node.id] ? 1 : 0.35 }));
    const half = 6.5 * textWidth(codeName(node.id)), middle = Math.max(half, Math.min(width - half, x)); // a name stays inside
    mark.append(make("text", { class: "halo name", x: middle, y: low ? y + radius(node.id) + 16 : y - radius(node.id) - 7, "text-anchor": "middle" }, codeName(node.id)));
    const click = () => showSentences(`${codeName(node.id)} · ${shown}`, coded({ code: node.id, group, period: period === "all" ? null : period }), (one) => one[2] === "code" && one[3] === node.id, w("paragraphs", { n: grouped(sizes[node.id] || 0) }));
    svg.append(opens(mark, `${codeName(node.id)}\n${w("paragraphs", { n: grouped(sizes[node.id] || 0) })}`, click));
  }
  $("net").replaceChildren(svg);
  drawNetList(rows);
}

/** Sentences of either construct; in documents that carry both. */
function openPair(row) {
  const find = { group: row.group, period: row.period === "all" ? null : row.period };
  const [a, b] = [coded({ ...find, code: row.a }), coded({ ...find, code: row.b })], docs = new Set(b.map((one) => one.doc));
  const both = a.filter((one) => b.includes(one)), near = [...a, ...b].filter((one) => docs.has(one.doc) && a.some((other) => other.doc === one.doc));
  const text = pairText(row).split("\n");
  showSentences(text[0], [...new Set([...both, ...near.sort((x, y) => x.doc - y.doc || x.start - y.start)])], (mark) => mark[2] === "code" && [row.a, row.b].includes(mark[3]), text.slice(1, 3).join(" · "));
}

function drawNetList(rows) {
  if (!$("net-list").open) return;
  const heads = [[w("pair_of")], [w("lift"), "n"], ["q", "n"], [w("together", { n: "" }), "n"], [w("remark"), "why"]];
  const sorted = [...rows].sort((a, b) => (a.q ?? 2) - (b.q ?? 2) || (b.lift || 0) - (a.lift || 0));
  $("net-list").lastElementChild.replaceChildren(tableOf(heads, sorted.map((row) => ({
    kind: claimed(row) ? "" : "unsure",
    cells: [`${codeName(row.a)} — ${codeName(row.b)}`, liftText(row), qText(row.q), grouped(row.both), reasonText(row.reason) || (claimed(row) ? "" : w(row.q === null ? "no_test" : "no_claim"))],
  }))));
}

/** D with its interval; the levels it is made of stand in the tip. */
function drawDegree() {
  if (!$("degree")) return;
  const group = $("net-group").value, pair = $("degree-pair").value;
  const rows = NET.degrees.filter((row) => `${row.a} ${row.b}` === pair && row.group === group && PERIODS.includes(row.period));
  const points = rows.map((row) => [PERIODS.indexOf(row.period), row.coordination, row.low, row.high]);
  const text = (at) => { const row = rows.find((one) => one.period === PERIODS[at]); return `${row.period}: ${w("degree")} ${row.coordination.toFixed(2)}${row.low === null ? "" : ` (${row.low.toFixed(2)}–${row.high.toFixed(2)})`}\n${valueName(row.grade)}\n${w("levels", { c: row.coupling.toFixed(2), t: row.development.toFixed(2), a: row.level_a.toFixed(2), b: row.level_b.toFixed(2) })}`; };
  const caption = make("figcaption", {}, make("span", { class: "dim" }, w("degree")));
  $("degree").replaceChildren(...(points.length ? [make("figure", {}, caption, chart({ points, colour: "#44647a", top: 1, text: (point) => text(point[0]) }))] : []));
}
