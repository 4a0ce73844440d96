// Emphasis over time: small multiples with interval bands, drawn as SVG; and the evidence browser.
const SIZE = { width: 320, height: 170, left: 40, right: 10, top: 10, bottom: 24 };
const PERIODS = DATA.trends.periods;

const niceTop = (value) => {
  const step = 10 ** Math.floor(Math.log10(value || 1));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((factor) => factor * step).find((top) => top >= value * 0.999);
};
const number = (value) => (value === null ? "–" : Math.abs(value) < 1 ? value.toPrecision(2) : value.toFixed(1));
const topOf = (points) => Math.max(0, ...points.flatMap((point) => [point[1], point[3]].filter((value) => value !== null)));

function pointText(point, unit) {
  const [at, value, low, high, documents, segments] = point;
  const sure = low === null ? (documents < DATA.few ? w("too_few", { n: DATA.few }) : w("no_interval")) : `${w("interval")} ${number(low)}–${number(high)}`;
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

/** One chart. `click(point)` is called for a point; `behind` is a series drawn in grey. */
function chart({ points, colour, top, unit, click, behind = [] }) {
  const { width, height, left, right, top: above, bottom } = SIZE;
  const x = (at) => left + ((width - left - right) * (at + 0.5)) / PERIODS.length;
  const y = (value) => height - bottom - ((height - above - bottom) * value) / top;
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
  for (const point of points.filter((one) => one[1] !== null)) {
    const text = pointText(point, unit);
    const place = { cx: x(point[0]), cy: y(point[1]) };
    const mark = make("g", { class: "point", tabindex: 0, role: "button", "aria-label": text });
    const wide = (width - left - right) / PERIODS.length; // the whole column of a period answers to the pointer
    mark.append(make("rect", { x: x(point[0]) - wide / 2, y: above, width: wide, height: height - above - bottom, fill: "transparent" }));
    mark.append(make("circle", { ...place, r: PERIODS.length > 40 ? 2 : 3.5, class: "dot", fill: point[2] === null ? "#fff" : colour, stroke: colour, "stroke-width": 1.5 }));
    mark.addEventListener("pointermove", (event) => tip(text, event.clientX, event.clientY));
    mark.addEventListener("pointerleave", () => tip(""));
    mark.addEventListener("focus", () => { const box = mark.getBoundingClientRect(); tip(text, box.right, box.top); });
    mark.addEventListener("blur", () => tip(""));
    if (click) {
      mark.addEventListener("click", () => click(point));
      mark.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); click(point); } });
    }
    svg.append(mark);
  }
  return svg;
}

/** The series of the chosen split: title, points, how a click finds its sentences. */
function panels(split, chosen) {
  const all = (id) => DATA.trends.series[id]?.all || [];
  if (split === "none") return DATA.codes.map((code) => ({ code: code.id, title: codeName(code.id), points: all(code.id), find: { code: code.id } }));
  if (split === "stance") {
    return ["problem", "measure", "description"].map((stance) => ({ code: chosen, title: valueName(stance), points: all(`${chosen}/${stance}`), behind: all(chosen), find: { code: chosen, stance } }));
  }
  const groups = Object.entries(DATA.trends.series[chosen] || {}).filter(([group]) => group.startsWith(`${split}=`));
  return groups.map(([group, points]) => ({ code: chosen, title: valueName(group.slice(split.length + 1)), points, behind: all(chosen), find: { code: chosen, group } }));
}

function drawCharts() {
  const split = $("split").value, chosen = $("split-code").value;
  const list = panels(split, chosen).filter((panel) => panel.points.length);
  const shared = niceTop(topOf(list.flatMap((panel) => [...panel.points, ...(panel.behind || [])])));
  $("code-choice").hidden = split === "none";
  $("charts").replaceChildren(...list.map((panel) => {
    const unit = DATA.trends.units[panel.code];
    const top = $("own-scale").checked ? niceTop(topOf([...panel.points, ...(panel.behind || [])])) : shared;
    const click = (point) => openPoint(panel.find, `${codeName(panel.code)}${split === "none" ? "" : ` · ${panel.title}`} · ${PERIODS[point[0]]}`, point);
    const caption = make("figcaption", { class: "key" }, dot(codeOf.get(panel.code).colour), panel.title);
    return make("figure", {}, caption, chart({ ...panel, colour: codeOf.get(panel.code).colour, top, unit, click }));
  }));
  const units = [...new Set(list.map((panel) => w(DATA.trends.units[panel.code])))];
  const notes = [units.join(" / "), split === "none" ? "" : w("reference_line"), DATA.trends.cut.includes(split) ? w("few_groups", { n: list.length }) : ""];
  $("charts-note").textContent = notes.filter(Boolean).join(" · ");
  drawNumbers(list);
}

/** The sentences behind a point of a code's chart. */
function openPoint(find, title, point) {
  const { code, stance } = find, unit = DATA.trends.units[code];
  const wanted = (mark) => mark[2] === "code" && mark[3] === code && (!stance || mark[5] === stance);
  showSentences(title, coded({ ...find, period: PERIODS[point[0]] }), wanted, pointText(point, unit).split("\n").slice(0, 2).join(" · "));
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
  const groups = new Set(Object.values(DATA.trends.series).flatMap((series) => Object.keys(series)).filter((group) => group !== "all").map((group) => group.split("=")[0]));
  const stances = Object.keys(DATA.trends.series).some((name) => name.endsWith("/measure"));
  options($("split"), [["none", w("split_none")], ...(stances ? [["stance", w("stance")]] : []), ...[...groups].map((name) => [name, w(name)])]);
  options($("split-code"), DATA.codes.filter((code) => DATA.trends.series[code.id]).map((code) => [code.id, codeName(code.id)]));
}

function drawTopics() {
  for (const place of document.querySelectorAll(".topic-chart")) {
    const topic = DATA.topics.topics.find((one) => one.topic === +place.dataset.topic), name = `topic:${topic.topic}`;
    const points = DATA.trends.series[name]?.all, unit = DATA.trends.units[name];
    if (!points) continue;
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
