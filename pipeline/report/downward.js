// Who goes first: a small chart a pair, the correlation at each lag with its interval.
const LEADS = rowsOf(DATA.leads), MOST_LEADS = 24;
const endName = (row, end) => (row.series ? groupName(row[end]) : seriesName(row[end]));
const clear = ([, , low, high]) => low !== null && (low > 0 || high < 0);

function leadsControls() {
  const groups = [...new Set(LEADS.filter((row) => !row.series).map((row) => row.group || "all"))].sort((a, b) => (a !== "all") - (b !== "all") || a.localeCompare(b));
  const levels = LEADS.some((row) => row.series) ? [["levels", w("leads_levels")]] : [];
  options($("leads-of"), [...levels, ...groups.map((group) => [group, w("leads_codes", { group: groupName(group) })])]);
}

function drawLeads() {
  const chosen = $("leads-of").value;
  const rows = LEADS.filter((row) => (chosen === "levels" ? row.series : !row.series && (row.group || "all") === chosen));
  const told = rows.filter((row) => row.lags.length), shown = told.slice(0, MOST_LEADS), why = new Map();
  for (const row of rows.filter((one) => !one.lags.length)) why.set(reasonText(row.reason), (why.get(reasonText(row.reason)) || 0) + 1);
  $("leads").replaceChildren(...shown.map(leadPanel));
  const notes = [shown.length ? `${w("lag")} →` : "", told.length > shown.length ? w("first_panels", { n: shown.length, all: told.length }) : "", ...[...why].map(([reason, n]) => w("leads_none", { n, reason: reason || "–" }))];
  $("leads-note").textContent = notes.filter(Boolean).join(" · ");
}

function leadPanel(row) {
  const width = 320, height = 118, left = 34, bottom = 20, top = 6, colour = colourOfSeries(row.series || row.a);
  const lags = row.lags.map(([lag]) => lag), low = Math.min(...lags), count = Math.max(...lags) - low + 1;
  const x = (lag) => left + ((width - left - 8) * (lag - low + 0.5)) / count, y = (value) => top + ((height - top - bottom) * (1 - value)) / 2;
  const svg = make("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "group" });
  for (const value of [-1, 0, 1]) {
    svg.append(make("line", { class: "grid", x1: left, x2: width - 8, y1: y(value), y2: y(value) }));
    svg.append(make("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, String(value).replace("-", "−")));
  }
  for (const cell of row.lags) {
    const [lag, r, least, most] = cell, sign = `${lag > 0 ? "+" : ""}${lag}`.replace("-", "−"), mark = make("g", {});
    mark.append(make("rect", { x: x(lag) - 20, y: top, width: 40, height: height - top - bottom, fill: "transparent" }));
    if (least !== null) mark.append(make("line", { x1: x(lag), x2: x(lag), y1: y(least), y2: y(most), stroke: colour, "stroke-width": 2, opacity: clear(cell) ? 1 : 0.45 }));
    mark.append(make("circle", { class: "dot", cx: x(lag), cy: y(r), r: 3.5, fill: clear(cell) ? colour : "#fff", stroke: colour, "stroke-width": 1.5 }));
    const text = [`${endName(row, "a")} → ${endName(row, "b")}`, w("leads_text", { lag: sign, r: `${r.toFixed(2)}${least === null ? "" : ` (${least.toFixed(2)}, ${most.toFixed(2)})`}${clear(cell) ? ` · ${w("leads_clear")}` : ""}` }).replaceAll("-", "−"), `${w("n_periods")} ${row.n_periods}`].join("\n");
    svg.append(opens(mark, text, () => openLead(row, text)), make("text", { x: x(lag), y: height - 4, "text-anchor": "middle" }, sign));
  }
  const title = `${endName(row, "a")} → ${endName(row, "b")}`;
  return make("figure", {}, make("figcaption", { class: "key" }, dot(colour), row.series ? `${seriesName(row.series)} · ${title}` : title), svg);
}

/** The sentences of both: of the code on both levels, or of both codes in the group. */
function openLead(row, text) {
  const lists = ["a", "b"].map((end) => (row.series ? coded({ code: row.series, group: row[end] }) : coded({ code: row[end], group: row.group || "all" })));
  const wanted = (mark) => mark[2] === "code" && (row.series ? mark[3] === row.series : [row.a, row.b].includes(mark[3]));
  showSentences(text.split("\n")[0], [...new Set(turns(...lists))], wanted, text.split("\n").slice(1).join(" · "));
}
