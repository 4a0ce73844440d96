// Two sides: codes as slopes with the difference and its interval, words typical of each side as bars.
const SIDE_COLOURS = ["#0072b2", "#d55e00"];

/** Places near the wanted ones, at least so far from each other, in the same order. */
function keepApart(wanted, least) {
  const order = wanted.map((_, at) => at).sort((a, b) => wanted[a] - wanted[b]), groups = [];
  for (const at of order) {
    groups.push([at]);
    const middle = (group) => group.reduce((sum, one) => sum + wanted[one], 0) / group.length;
    while (groups.length > 1 && middle(groups.at(-1)) - middle(groups.at(-2)) < (least * (groups.at(-1).length + groups.at(-2).length)) / 2) groups.push([...groups.splice(-2, 2).flat()]);
  }
  const found = [];
  for (const group of groups) {
    const middle = group.reduce((sum, one) => sum + wanted[one], 0) / group.length;
    group.forEach((at, number) => { found[at] = middle + least * (number - (group.length - 1) / 2); });
  }
  return found;
}

function sidesControls() {
  const pairs = [...new Map(DATA.sides.map((pair) => [`${pair.a} ${pair.b}`, w("pair", { a: pairOf(pair.name_a), b: pairOf(pair.name_b) })]))];
  options($("pair"), pairs);
  const chosen = DATA.sides.filter((pair) => `${pair.a} ${pair.b}` === $("pair").value);
  options($("matching"), chosen.sort((one, other) => other.matched - one.matched).map((pair) => [String(pair.matched), w(pair.matched ? "matched" : "unmatched")]));
}

const pairNow = () => DATA.sides.find((pair) => `${pair.a} ${pair.b}` === $("pair").value && String(pair.matched) === $("matching").value) || DATA.sides.find((pair) => `${pair.a} ${pair.b}` === $("pair").value);

function drawSides() {
  sidesControls();
  const pair = pairNow();
  $("pair-note").textContent = w(pair.matched ? "matched_note" : "unmatched_note");
  drawSlopes(pair);
  $("typical").hidden = !pair.words.length;
  $("typical-words").replaceChildren(...[1, -1].map((sign, at) => typicalList(pair, pair.words.filter((row) => row.z * sign > 0), at)));
}

/** Whether a sentence belongs to a side: level=central, period=2019..2021, stance=problem|measure, several joined by commas; rest is what is not on the other one. */
function onSide(sentence, side, other) {
  return side.replaceAll("，", ",").split(",").every((part) => {
    const [dimension, values] = part.replaceAll("＝", "=").replaceAll("｜", "|").split("=").map((one) => one.trim());
    if (dimension === "rest") return !onSide(sentence, other, side);
    return (values || "").split("|").some((value) => (dimension === "stance" ? sentence.marks.some((mark) => mark[5] === value) : inGroup(DATA.docs[sentence.doc], `${dimension}=${value}`)));
  });
}

function drawSlopes(pair) {
  if (!pair.codes.length) return $("slopes").replaceChildren();
  const room = Math.min(760, $("slopes").parentElement.clientWidth), narrow = room < 600;
  const width = Math.max(room, 340), left = 62, middle = narrow ? 96 : 250, right = width - left - middle, top = 34, height = top + Math.max(220, 34 * pair.codes.length) + 14;
  const rates = pair.codes.flatMap((row) => [row.rate_a, row.rate_b]), [low, high] = [Math.min(...rates), Math.max(...rates)];
  const y = (value) => height - 24 - ((height - top - 30) * (value - low)) / (high - low || 1);
  const svg = make("svg", { class: "plot", width, height, viewBox: `0 0 ${width} ${height}`, role: "group" });
  const [ax, bx] = [left, left + middle];
  svg.append(make("text", { class: "name strong", x: ax, y: 16, "text-anchor": "middle", fill: SIDE_COLOURS[0] }, cutText(pairOf(pair.name_a), 120)));
  svg.append(make("text", { class: "name strong", x: bx, y: 16, "text-anchor": "middle", fill: SIDE_COLOURS[1] }, cutText(pairOf(pair.name_b), 120)));
  for (const at of [ax, bx]) svg.append(make("line", { class: "grid", x1: at, x2: at, y1: top - 8, y2: height - 10 }));
  const tall = narrow ? 30 : 18;
  const [ay, by] = ["rate_a", "rate_b"].map((side) => keepApart(pair.codes.map((row) => y(row[side])), side === "rate_a" ? 15 : tall));
  const deep = Math.max(height, Math.max(...by) + 20); // labels pushed apart may go lower than the scale
  svg.setAttribute("height", deep);
  svg.setAttribute("viewBox", `0 0 ${width} ${deep}`);
  pair.codes.forEach((row, at) => {
    const colour = codeOf.get(row.item).colour, mark = make("g", {}), sure = claimed(row);
    mark.append(make("line", { x1: ax, x2: bx, y1: y(row.rate_a), y2: y(row.rate_b), stroke: colour, "stroke-width": sure ? 2.2 : 1.5, "stroke-dasharray": sure ? "none" : "2 4" }));
    mark.append(make("line", { x1: ax, x2: bx, y1: y(row.rate_a), y2: y(row.rate_b), stroke: "transparent", "stroke-width": 12 }));
    for (const [px, py] of [[ax, y(row.rate_a)], [bx, y(row.rate_b)]]) mark.append(make("circle", { class: "dot", cx: px, cy: py, r: 4, fill: colour, stroke: "#fff" }));
    mark.append(make("text", { class: "name", x: ax - 9, y: ay[at] + 4, "text-anchor": "end" }, number(row.rate_a)));
    const said = `${signed(row.rate_a - row.rate_b)}${between(row)}`;
    mark.append(make("text", { class: "name", x: bx + 9, y: by[at] + (narrow ? -3 : 4) }, number(row.rate_b), make("tspan", { fill: colour, "font-weight": 600 }, `  ${cutText(codeName(row.item), narrow ? right - 40 : 150)}`), ...(narrow ? [] : [make("tspan", { class: "dim" }, `  ${said}`)])));
    if (narrow) mark.append(make("text", { x: bx + 9, y: by[at] + 11 }, said));
    const text = [codeName(row.item), `${pairOf(pair.name_a)} ${number(row.rate_a)} · ${pairOf(pair.name_b)} ${number(row.rate_b)} ${w("per_1000_sentences")}`, `${w("difference")} ${said} · q ${qText(row.q)}`, sure ? "" : w(row.q === null ? "no_test" : "no_claim"), reasonText(row.reason)].filter(Boolean).join("\n");
    svg.append(opens(mark, text, () => openSides(pair, row, text)));
  });
  $("slopes").replaceChildren(svg);
}

/** The sentences of both sides, by turns. */
function openSides(pair, row, text) {
  const fits = (mark) => mark[2] === "code" && mark[3] === row.item;
  const all = coded({ code: row.item }), [a, b] = [[pair.a, pair.b], [pair.b, pair.a]].map((sides) => all.filter((one) => onSide(one, ...sides)));
  showSentences(text.split("\n")[0], [...new Set(turns(a, b))], fits, text.split("\n").slice(1).join(" · "));
}

function typicalList(pair, rows, at) {
  const most = Math.max(1e-9, ...pair.words.map((row) => Math.abs(row.z))), name = pairOf(at ? pair.name_b : pair.name_a);
  const body = rows.map((row) => {
    const text = [row.item, `z ${row.z.toFixed(1)} · q ${qText(row.q)} · G² ${number(row.g2)} · log₂ ${number(row.log_ratio)}`, w("word_text", { a: grouped(row.count_a), b: grouped(row.count_b), docs_a: row.documents_a, docs_b: row.documents_b, da: number3(row.dispersion_a), db: number3(row.dispersion_b) })].join("\n");
    const button = opens(make("button", { type: "button", class: "open", lang: "zh" }, row.item), text, () => showWord(row.item, row.item, null, text.split("\n").slice(1).join(" · "), (one) => onSide(one, ...(at ? [pair.b, pair.a] : [pair.a, pair.b]))));
    const bar = make("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" }, make("rect", { width: (100 * Math.abs(row.z)) / most, height: 10, fill: SIDE_COLOURS[at], opacity: claimed(row) ? 0.85 : 0.3 }));
    return make("tr", {}, make("th", { scope: "row" }, button), make("td", { class: "n" }, number3(row.z)), make("td", { class: "bar" }, bar));
  });
  return make("div", {}, make("h4", {}, w("typical_of", { side: name })), make("table", { class: "bars" }, make("tbody", {}, ...body)));
}
