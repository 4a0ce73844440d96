// Emphasis over time: small multiples with interval bands, drawn as SVG; and the evidence browser.
const SIZE = { width: 320, height: 170, left: 40, right: 10, top: 10, bottom: 24 };
const PERIODS = DATA.trends.periods;

const niceTop = (value) => {
  const step = 10 ** Math.floor(Math.log10(value || 1));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((factor) => factor * step).find((top) => top >= value * 0.999);
};
const number = (value) => (value === null ? "–" : Math.abs(value) < 1 ? value.toPrecision(2) : value.toFixed(1));
const TALL = 2.5; // times the highest value: what of an interval lies beyond is cut off, so that it does not press the line flat
const topOf = (points) => {
  const highest = Math.max(0, ...points.map((point) => point[1] ?? 0));
  return Math.min(TALL * highest || Infinity, Math.max(highest, ...points.map((point) => point[3] ?? 0)));
};

const reasonText = (at) => (at === undefined || at === null ? "" : DATA.said[at][lang]);

/** The points of a series in a group: in the unit chosen, or in the only one it has. */
function pointsOf(name, group = "all", unit = unitOf(name)) {
  return DATA.trends.series[name]?.[group]?.[unit] || [];
}
function unitOf(name) {
  const has = Object.keys(DATA.trends.series[name]?.all || {}), chosen = $("unit")?.value;
  return has.includes(chosen) ? chosen : DATA.trends.units.find((unit) => has.includes(unit)) || has[0] || "per_1000_sentences";
}

function pointText(point, unit) {
  const [at, value, low, high, documents, segments, reason] = point;
  const why = reasonText(reason) || (low === null ? (documents < DATA.few ? w("too_few", { n: DATA.few }) : w("no_interval")) : "");
  const sure = [low === null ? "" : `${w("interval")} ${number(low)}–${number(high)}`, why].filter(Boolean).join(" · ");
  return `${PERIODS[at]}: ${number(value)} ${w(unit)}\n${sure}\n${w("n", { documents: grouped(documents), segments: grouped(segments) })}`;
}

/** Consecutive points that all have something, so that a gap stays a gap. */
function runs(points, has) {
  const found = [];
  for (const point of points) {
    const last = found.at(-1)?.at(-1);
    if (!has(point)) continue;
    if (last && last[0] === point[0] - 1) found.at(-1).push(point);
    else found.push([point]);
  }
  return found;
}

/** One chart. `click(point)` is called for a point; `behind` is a series drawn in grey, `beside` one drawn dashed. */
function chart({ points, colour, top, unit, click, behind = [], beside = [], text = (point) => pointText(point, unit) }) {
  const { width, height, left, right, top: above, bottom } = SIZE;
  const x = (at) => left + ((width - left - right) * (at + 0.5)) / PERIODS.length;
  const y = (value) => height - bottom - ((height - above - bottom) * Math.min(value, top)) / top;
  const line = (list, value) => list.map((point, at) => `${at ? "L" : "M"}${x(point[0]).toFixed(1)} ${y(value(point)).toFixed(1)}`).join("");
  const svg = make("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "group" });
  for (const share of [0, 0.5, 1]) {
    svg.append(make("line", { class: "grid", x1: left, x2: width - right, y1: y(top * share), y2: y(top * share) }));
    svg.append(make("text", { x: left - 5, y: y(top * share) + 4, "text-anchor": "end" }, String(+(top * share).toPrecision(3))));
  }
  const every = Math.ceil(PERIODS.length / (PERIODS[0].length > 4 ? 4 : 6));
  PERIODS.forEach((period, at) => {
    if (at % every === 0) svg.append(make("text", { x: x(at), y: height - 6, "text-anchor": "middle" }, period));
  });
  for (const run of runs(behind, (point) => point[1] !== null)) svg.append(make("path", { d: line(run, (point) => point[1]), fill: "none", stroke: "#aab3b9", "stroke-width": 1.5 }));
  for (const run of runs(points, (point) => point[2] !== null)) {
    const back = [...run].reverse();
    const edge = run.length > 1 ? `${line(run, (point) => point[3])}${line(back, (point) => point[2]).replace("M", "L")}Z` : `M${x(run[0][0])} ${y(run[0][2])}V${y(run[0][3])}`;
    svg.append(make("path", { d: edge, fill: colour, opacity: 0.2, stroke: colour, "stroke-width": run.length > 1 ? 0 : 6 }));
  }
  for (const run of runs(points, (point) => point[1] !== null)) svg.append(make("path", { d: line(run, (point) => point[1]), fill: "none", stroke: colour, "stroke-width": 2 }));
  for (const run of runs(beside, (point) => point[1] !== null)) svg.append(make("path", { d: line(run, (point) => point[1]), fill: "none", stroke: colour, "stroke-width": 1.5, "stroke-dasharray": "4 3" }));
  for (const point of points.filter((one) => one[1] !== null)) {
    const place = { cx: x(point[0]), cy: y(point[1]) };
    const wide = (width - left - right) / PERIODS.length; // the whole column of a period answers to the pointer
    const column = make("rect", { x: x(point[0]) - wide / 2, y: above, width: wide, height: height - above - bottom, fill: "transparent" });
    const circle = make("circle", { ...place, r: PERIODS.length > 40 ? 2 : 3.5, class: "dot", fill: point[2] === null ? "#fff" : colour, stroke: colour, "stroke-width": 1.5 });
    const mark = opens(make("g", {}, column, circle), text(point), click && (() => click(point)));
    svg.append(mark);
  }
  return svg;
}

const MOST_PANELS = 24;
const termOf = (name) => name.slice("term:".length);
const groupName = (group) => (group === "all" ? w("all_documents") : valueName(group.slice(group.indexOf("=") + 1)));
const colourOfSeries = (name) => codeOf.get(name.split("/")[0])?.colour || "#44647a";

/** The series of the chosen split: name, group, title, what is drawn behind in grey, how a click finds its sentences. */
function panels(split, chosen) {
  const own = (id) => ({ name: `${id}/own`, title: codeName(id), behind: [id, "all"], find: { code: id, own: true } });
  if (split === "none") return DATA.codes.map((code) => ({ name: code.id, title: codeName(code.id), find: { code: code.id } }));
  if (split === "own") return DATA.codes.map((code) => own(code.id));
  if (split === "stance") {
    return ["problem", "measure", "description"].map((stance) => ({ name: `${chosen}/${stance}`, title: valueName(stance), behind: [chosen, "all"], find: { code: chosen, stance } }));
  }
  if (split === "term") {
    const found = Object.keys(DATA.trends.series).filter((name) => name.startsWith("term:") && says(termOf(name), $("split-term").value.trim()));
    const high = new Map(found.map((name) => [name, topOf(pointsOf(name))]));
    return found.sort((a, b) => high.get(b) - high.get(a)).map((name) => ({ name, title: termOf(name), find: { term: termOf(name) } }));
  }
  const groups = Object.keys(DATA.trends.series[chosen] || {}).filter((group) => group.startsWith(`${split}=`));
  return groups.map((group) => ({ name: chosen, group, title: groupName(group), behind: [chosen, "all"], find: { code: chosen, group } }));
}

const POOLED = "per_1000_sentences", EQUAL = "mean_per_1000_sentences";
/** Periods in which the rate with every document the same weight lies outside the interval of the pooled one. */
function carried(name, group) {
  const equal = new Map(pointsOf(name, group, EQUAL).map((point) => [point[0], point[1]]));
  return pointsOf(name, group, POOLED).filter(([at, , low, high]) => low !== null && equal.has(at) && equal.get(at) !== null && (equal.get(at) < low || equal.get(at) > high)).map(([at]) => PERIODS[at]);
}

function drawCharts() {
  const split = $("split").value, chosen = $("split-code").value;
  const split_by_group = !["none", "own", "stance", "term"].includes(split);
  unitControl(split_by_group ? DATA.trends.series[chosen] : null, split);
  const all = panels(split, chosen).map((panel) => {
    const group = panel.group || "all", unit = unitOf(panel.name);
    const beside = $("weighting").checked && unit === POOLED ? pointsOf(panel.name, group, EQUAL) : [];
    return { ...panel, unit, points: pointsOf(panel.name, group), behind: panel.behind ? pointsOf(...panel.behind) : [], beside, carried: unit === POOLED ? carried(panel.name, group) : [] };
  }).filter((panel) => panel.points.length);
  const list = all.slice(0, MOST_PANELS);
  const shared = niceTop(topOf(list.flatMap((panel) => [...panel.points, ...panel.behind, ...panel.beside])));
  $("code-choice").hidden = split !== "stance" && !split_by_group;
  $("term-choice").hidden = split !== "term";
  $("weighting-choice").hidden = !DATA.trends.units.includes(EQUAL) || ($("unit").value && $("unit").value !== POOLED);
  $("charts").replaceChildren(...list.map((panel) => {
    const top = $("own-scale").checked ? niceTop(topOf([...panel.points, ...panel.behind, ...panel.beside])) : shared;
    const title = panel.find.term ? `“${panel.title}”` : ["none", "own"].includes(split) ? panel.title : `${codeName(panel.find.code)} · ${panel.title}`;
    const click = (point) => openPoint(panel.find, `${title} · ${PERIODS[point[0]]}`, point, panel.unit);
    const caption = make("figcaption", { class: "key" }, dot(colourOfSeries(panel.name)), panel.title);
    if (panel.carried.length) caption.append(make("span", { class: "carried" }, w("carried", { periods: listed(panel.carried) })));
    return make("figure", {}, caption, chart({ ...panel, colour: colourOfSeries(panel.name), top, click }));
  }));
  const units = [...new Set(list.map((panel) => w(panel.unit)))];
  const notes = [units.join(" / "), split === "none" || split === "term" ? "" : w("reference_line"), list.some((panel) => panel.beside.length) ? w("weighting_line") : "",
    DATA.trends.cut.includes(split) ? w("few_groups", { n: list.length }) : "", list.length < all.length ? w("first_panels", { n: list.length, all: all.length }) : ""];
  $("charts-note").textContent = notes.filter(Boolean).join(" · ");
  drawNumbers(list);
}

const listed = (periods) => (periods.length > 4 ? `${periods.slice(0, 3).join("、")} … ${periods.at(-1)}` : periods.join("、"));

/** The units that can be chosen for what is drawn. */
function unitControl(groups, split) {
  const lists = groups ? Object.entries(groups).filter(([group]) => group.startsWith(`${split}=`)).map(([, units]) => units) : Object.values(DATA.trends.series).map((series) => series.all || {});
  const there = DATA.trends.units.filter((unit) => lists.some((units) => units[unit]));
  options($("unit"), there.map((unit) => [unit, w(unit)]));
  $("unit-choice").hidden = there.length < 2;
}

/** The sentences behind a point of a chart: of a code (by stance, in a group, without what is copied) or with a word. */
function openPoint(find, title, point, unit = unitOf(find.code)) {
  const { code, stance, own, term } = find, note = pointText(point, unit).split("\n").slice(0, 2).join(" · "), period = PERIODS[point[0]];
  if (term) return showWord(title, term, period, note);
  const wanted = (mark) => mark[2] === "code" && mark[3] === code && (!stance || mark[5] === stance) && !(own && mark[6].includes("copied"));
  showSentences(title, coded({ ...find, period }), wanted, note);
}

function drawNumbers(list) {
  if (!$("numbers").open) return;
  const head = make("tr", {}, make("th", {}, w("period")), ...list.map((panel) => make("th", {}, panel.title)));
  const rows = PERIODS.map((period, at) => make("tr", {}, make("th", { scope: "row" }, period), ...list.map((panel) => {
    const point = panel.points.find((one) => one[0] === at);
    return make("td", {}, point ? `${number(point[1])}${point[2] === null ? "" : ` (${number(point[2])}–${number(point[3])})`}` : "–");
  })));
  $("numbers").lastElementChild.replaceChildren(make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)));
}

function chartControls() {
  const names = Object.keys(DATA.trends.series);
  const groups = new Set(Object.values(DATA.trends.series).flatMap((series) => Object.keys(series)).filter((group) => group !== "all").map((group) => group.split("=")[0]));
  const parts = [["stance", "/measure", w("stance")], ["own", "/own", w("split_own")]].filter(([, end]) => names.some((name) => name.endsWith(end)));
  const terms = names.some((name) => name.startsWith("term:")) ? [["term", w("split_term")]] : [];
  options($("split"), [["none", w("split_none")], ...parts.map(([value, , text]) => [value, text]), ...[...groups].map((name) => [name, w(name)]), ...terms]);
  options($("split-code"), DATA.codes.filter((code) => DATA.trends.series[code.id]).map((code) => [code.id, codeName(code.id)]));
}

function drawTopics() {
  for (const place of document.querySelectorAll(".topic-chart")) {
    const topic = DATA.topics.topics.find((one) => one.topic === +place.dataset.topic), name = `topic:${topic.topic}`;
    const points = pointsOf(name), unit = unitOf(name);
    if (!points.length) continue;
    const title = (point) => `${w("topic")} ${topic.topic} ${topic.label} · ${PERIODS[point[0]]}`;
    const click = (point) => showTerms(title(point), topic.terms.map(([term]) => term), PERIODS[point[0]], `${pointText(point, unit).split("\n")[0]} · ${w("topic_sentences")}`);
    const caption = make("figcaption", {}, make("span", { class: "dim" }, w(unit)));
    place.replaceChildren(make("figure", {}, caption, chart({ points, colour: "#44647a", top: niceTop(topOf(points)), unit, click })));
  }
}

// the evidence browser
let eShown = 20;
function drawEvidence() {
  const [code, period, stance] = ["e-code", "e-period", "e-stance"].map((id) => $(id).value || null);
  const text = $("e-text").value.trim();
  const found = coded({ code, stance, period: period === "-" ? null : period }).filter((one) => (period !== "-" || DATA.docs[one.doc].period === null) && says(one.text, text));
  $("e-count").textContent = w("found", { n: grouped(found.length) });
  $("e-list").replaceChildren(...found.slice(0, eShown).map((one) => sentenceCard(one)));
  $("e-more").hidden = found.length <= eShown;
  $("e-more").textContent = w("more", { n: Math.min(20, found.length - eShown) });
}

function evidenceControls() {
  const periods = [...new Set(DATA.docs.map((doc) => doc.period))];
  const dated = periods.filter((period) => period !== null).sort();
  options($("e-code"), [["", w("all")], ...DATA.codes.map((code) => [code.id, codeName(code.id)])]);
  options($("e-period"), [["", w("all")], ...dated.map((period) => [period, period]), ...(dated.length < periods.length ? [["-", w("undated")]] : [])]);
  options($("e-stance"), [["", w("all")], ...["problem", "measure", "description"].map((stance) => [stance, valueName(stance)])]);
}
