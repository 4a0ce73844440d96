// Themes of the map that is chosen: the strategic diagram of its period, what they hand on, what bursts, which links come and go.
const ROW = 22, MOST_BARS = 40, MOST_MOVES = 20, CLEAR = 0.25; // a ribbon of less inclusion is left out

const clusterColour = (number) => (number < 0 ? "#9aa4ab" : CLUSTERS[number % CLUSTERS.length]);
const nameOf = (name) => codeName(name);
const themeName = (row) => row.label.split(" · ").map(nameOf).join(" · ");
const themesOf = (period) => graph().clusters[period] || [];
const steady = (row) => (row.stability === null ? "" : w("theme_steady", { n: row.stability.toFixed(2) }));
const membersOf = (period, number) => graph().nodes.filter((node) => node[4][period] && clusterIn(node, period) === number);

function themeText(row) {
  const place = { x: number(row.centrality), y: number(row.density) };
  return [themeName(row), w("theme_size", { n: row.size }), w("theme_place", place), row.quadrant ? w(row.quadrant) : "", steady(row), reasonText(row.reason)].filter(Boolean).join("\n");
}

/** The sentences (or documents) with members of a theme. */
function openTheme(row, period) {
  const names = membersOf(period, row.cluster).map((node) => node[0]), lines = themeText(row).split("\n");
  openNames(names, period, `${themeName(row)}${period === "all" ? "" : ` · ${period}`}`, lines.slice(1).join(" · "), false);
}

/** Labels beside points, in the order given; one that would lie on another, on a point or a box that is taken, is left out. */
function placedLabels(svg, points, width, height, boxes) {
  const taken = [...boxes, ...points.map(({ x, y, r }) => [x - r, y - r, x + r, y + r])];
  const meets = (box) => taken.some(([l, t, r, b]) => box[0] < r && box[2] > l && box[1] < b && box[3] > t);
  for (const { x, y, r, text } of points) {
    const wide = 12.5 * textWidth(text), spots = [[x + r + 4, y, "start"], [x - r - 4, y, "end"], [x, y - r - 9, "middle"], [x, y + r + 9, "middle"]];
    const spot = spots.find(([left, top, anchor]) => {
      const start = anchor === "start" ? left : anchor === "end" ? left - wide : left - wide / 2, box = [start, top - 8, start + wide, top + 8];
      if (start < 0 || start + wide > width || box[1] < 0 || box[3] > height || meets(box)) return false;
      taken.push(box);
      return true;
    });
    if (spot) svg.append(make("text", { class: "halo name", x: spot[0], y: spot[1] + 4, "text-anchor": spot[2] }, text));
  }
}

function drawDiagram() {
  const rows = themesOf(view.period), room = Math.min(820, $("diagram").clientWidth || 820), height = Math.min(460, room * 0.72), edge = 30;
  if (rows.length < 2) return $("diagram").replaceChildren(make("p", { class: "empty" }, w("no_diagram")));
  const svg = make("svg", { class: "plot", width: room, height, viewBox: `0 0 ${room} ${height}`, role: "group", "aria-label": w("diagram") });
  const root = Math.sqrt, share = (key) => { const values = rows.map((row) => root(row[key])), low = Math.min(...values), span = Math.max(...values) - low; return (value) => (span ? (root(value) - low) / span : 0.5); };
  const [across, up] = [share("centrality"), share("density")], x = (value) => edge + 26 + (room - 2 * edge - 84) * across(value), y = (value) => height - edge - 40 - (height - 2 * edge - 62) * up(value);
  const middle = (key) => { const sorted = rows.map((row) => row[key]).sort((a, b) => a - b), half = sorted.length / 2; return sorted.length % 2 ? sorted[Math.floor(half)] : (sorted[half - 1] + sorted[half]) / 2; };
  const [mx, my] = [x(middle("centrality")), y(middle("density"))];
  svg.append(make("line", { class: "axis", x1: mx, x2: mx, y1: 6, y2: height - edge, "stroke-dasharray": "4 4" }), make("line", { class: "axis", x1: edge, x2: room - 6, y1: my, y2: my, "stroke-dasharray": "4 4" }));
  const corners = { niche: [edge + 6, 18, "start"], motor: [room - 8, 18, "end"], emerging_or_declining: [edge + 6, height - edge - 8, "start"], basic: [room - 8, height - edge - 8, "end"] };
  for (const [name, [left, top, anchor]] of Object.entries(corners)) svg.append(make("text", { class: "dim", x: left, y: top, "text-anchor": anchor }, w(name)));
  svg.append(make("text", { x: room / 2, y: height - 6, "text-anchor": "middle" }, `${w("centrality")} →`), make("text", { x: 14, y: height / 2, "text-anchor": "middle", transform: `rotate(-90 14 ${height / 2})` }, `${w("density")} →`));
  const largest = Math.max(...rows.map((row) => row.size)), points = [];
  for (const row of [...rows].sort((a, b) => b.size - a.size)) {
    const point = { x: x(row.centrality), y: y(row.density), r: 6 + 16 * root(row.size / largest), text: cutText(themeName(row), 190) };
    const weak = row.stability !== null && row.stability < 0.5;
    const mark = make("circle", { class: "dot", cx: point.x, cy: point.y, r: point.r, fill: clusterColour(row.cluster), opacity: weak ? 0.4 : 0.85, stroke: weak ? clusterColour(row.cluster) : "#fff", "stroke-dasharray": weak ? "3 3" : "none", "stroke-width": 1.5 });
    svg.append(opens(mark, themeText(row), () => openTheme(row, view.period)));
    points.push(point);
  }
  const boxes = Object.entries(corners).map(([name, [left, top, anchor]]) => { const long = 12 * textWidth(w(name)), start = anchor === "end" ? left - long : left; return [start, top - 12, start + long, top + 4]; });
  placedLabels(svg, points, room, height - edge, boxes);
  $("diagram").replaceChildren(svg);
}

/** Themes of each period as blocks as tall as they have members, what two of neighbouring periods share as ribbons. */
function drawFlow() {
  const periods = MAPS.periods.filter((period) => themesOf(period).length), rows = graph().evolution;
  const clear = rows.filter((row) => row.inclusion >= CLEAR);
  if (periods.length < 2 || !clear.length) return $("flow").replaceChildren(make("p", { class: "empty" }, w("no_flow")));
  const wide = 168, bar = 12, tall = 400, top = 26, gap = 9, width = wide * periods.length, boxes = new Map();
  const total = Math.max(...periods.map((period) => themesOf(period).reduce((sum, row) => sum + row.size, 0)));
  const crowd = Math.max(...periods.map((period) => themesOf(period).length)), unit = (tall - gap * crowd) / total;
  const svg = make("svg", { class: "plot", width, role: "group", "aria-label": w("flow") });
  const marks = [], names = [];
  let low = 0;
  periods.forEach((period, at) => {
    let y = top;
    svg.append(make("text", { x: at * wide, y: 14, class: "name" }, period));
    for (const row of [...themesOf(period)].sort((a, b) => a.cluster - b.cluster)) {
      const high = Math.max(3, row.size * unit), box = make("rect", { class: "dot", x: at * wide, y, width: bar, height: high, fill: clusterColour(row.cluster), opacity: row.stability !== null && row.stability < 0.5 ? 0.55 : 1 });
      boxes.set(`${period} ${row.cluster}`, { x: at * wide, y, high, left: 0, right: 0, size: row.size, row });
      marks.push(opens(box, `${period} · ${themeText(row)}`, () => openTheme(row, period)));
      if (high > 9) names.push(make("text", { class: "halo", x: at * wide + bar + 4, y: y + Math.min(high / 2 + 4, 14) }, cutText(themeName(row), wide - bar - 22)));
      y += high + gap;
    }
    low = Math.max(low, y);
  });
  for (const row of [...clear].sort((a, b) => a.cluster_before - b.cluster_before || a.cluster_after - b.cluster_after)) {
    const from = boxes.get(`${row.before} ${row.cluster_before}`), to = boxes.get(`${row.after} ${row.cluster_after}`);
    if (!from || !to) continue;
    const [a, b] = [(from.high * row.shared) / from.size, (to.high * row.shared) / to.size], [y1, y2] = [from.y + from.right, to.y + to.left], [x1, x2] = [from.x + bar, to.x], bend = (x1 + x2) / 2;
    from.right += a;
    to.left += b;
    const ribbon = make("path", { class: "dot", d: `M${x1},${y1} C${bend},${y1} ${bend},${y2} ${x2},${y2} L${x2},${y2 + b} C${bend},${y2 + b} ${bend},${y1 + a} ${x1},${y1 + a} Z`, fill: clusterColour(row.cluster_before), opacity: 0.16 + 0.4 * row.inclusion });
    const both = membersOf(row.before, row.cluster_before).filter((node) => clusterIn(node, row.after) === row.cluster_after && node[4][row.after]).map((node) => nameOf(node[0]));
    const text = [`${row.before} ${themeName(from.row)} → ${row.after} ${themeName(to.row)}`, w("flow_shared", { n: row.shared }) + (both.length ? `${w("colon")}${both.slice(0, 8).join("、")}` : ""), w("flow_indexes", { i: row.inclusion.toFixed(2), w: row.weighted_inclusion.toFixed(2), s: row.stability.toFixed(2) })].join("\n");
    svg.append(opens(ribbon, text));
  }
  svg.append(...marks, ...names);
  svg.setAttribute("height", low + 4);
  svg.setAttribute("viewBox", `0 0 ${width} ${low + 4}`);
  $("flow").replaceChildren(svg);
}

function drawBursts() {
  const rows = graph().bursts, items = [...new Set(rows.map((row) => row.item))].slice(0, MOST_BARS), periods = MAPS.plain;
  if (!items.length) return $("bursts").replaceChildren(make("p", { class: "empty" }, w("no_bursts")));
  const room = Math.min(980, Math.max(320, $("bursts").clientWidth || 980)), left = Math.min(room * 0.36, 20 + 12.5 * Math.max(...items.map((item) => textWidth(nameOf(item)))));
  const step = (room - left - 12) / periods.length, height = 8 + ROW * items.length + 22;
  const svg = make("svg", { class: "plot", width: room, height, viewBox: `0 0 ${room} ${height}`, role: "group", "aria-label": w("bursts") });
  const every = Math.max(1, Math.ceil((11 * textWidth(periods[0]) + 8) / step));
  periods.forEach((period, at) => {
    svg.append(make("line", { class: "grid", x1: left + step * at, x2: left + step * at, y1: 4, y2: height - 20 }));
    if (at % every === 0) svg.append(make("text", { x: left + step * (at + 0.5), y: height - 5, "text-anchor": "middle" }, period));
  });
  items.forEach((item, at) => svg.append(make("text", { class: "name", x: left - 10, y: 8 + ROW * at + 15, "text-anchor": "end" }, cutText(nameOf(item), left - 16))));
  for (const row of rows.filter((one) => items.includes(one.item))) {
    const [first, last] = [periods.indexOf(row.start), periods.indexOf(row.end)], inset = Math.min(3 * (row.level - 1), 6);
    if (first < 0 || last < 0) continue;
    const box = make("rect", { class: "dot", x: left + step * first + 1, y: 8 + ROW * items.indexOf(row.item) + 4 + inset, width: Math.max(4, step * (last - first + 1) - 2), height: ROW - 8 - 2 * inset, rx: 2, fill: "#b4451f", opacity: Math.min(1, 0.35 + 0.2 * row.level) });
    const text = [nameOf(row.item), row.start === row.end ? row.start : `${row.start} – ${row.end}`, w("burst_text", { level: row.level, weight: number(row.weight), n: grouped(row.count), of: grouped(row.of) })].join("\n");
    svg.append(opens(box, text, () => openNames([row.item], [row.start, row.end], nameOf(row.item), text.split("\n").slice(1).join(" · "))));
  }
  $("bursts").replaceChildren(svg);
}

/** How many times as strong, from the interval of its logarithm. */
const times = (row) => {
  const ratio = (value) => number(Math.exp(value)), middle = row.strength_before && row.strength_after ? number(row.strength_after / row.strength_before) : "–";
  return row.low === null ? middle : `${middle} (${ratio(row.low)}–${ratio(row.high)})`;
};

function drawLinkMoves() {
  const rows = graph().changes, sure = rows.filter(claimed);
  $("link-moves-note").textContent = rows.length ? w(sure.length ? "link_moves_sure" : "link_moves_none", { n: sure.length }) : w("no_link_moves");
  const shown = [...sure, ...rows.filter((row) => !claimed(row) && row.q !== null), ...rows.filter((row) => row.q === null).slice(0, 8)].slice(0, MOST_MOVES);
  const opener = (row) => {
    const button = make("button", { type: "button", class: "open" }, `${nameOf(row.a)} — ${nameOf(row.b)}`);
    button.addEventListener("click", () => openNames([row.a, row.b], [row.before, row.after], `${nameOf(row.a)} — ${nameOf(row.b)}`, `${row.before} → ${row.after}`));
    return button;
  };
  const heads = [[w("pair_of")], [w("from_to")], [w("change")], [w("met"), "n"], [w("times"), "n"], ["q", "n"], [w("remark"), "why"]];
  $("link-moves").replaceChildren(...(shown.length ? [tableOf(heads, shown.map((row) => ({
    kind: claimed(row) ? "" : "unsure",
    cells: [opener(row), `${row.before} → ${row.after}`, w(`link_${row.change}`), `${grouped(row.count_before)} → ${grouped(row.count_after)}`, times(row), qText(row.q), reasonText(row.reason) || (claimed(row) ? "" : w("no_claim"))],
  })))] : []));
}

function drawThemes() {
  drawDiagram();
  drawFlow();
  drawBursts();
  drawLinkMoves();
}
