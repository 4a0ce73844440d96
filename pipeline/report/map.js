// The map: nodes stay where the layout put them (or where a reader dragged them); a period only changes sizes and links.
const CLUSTERS = ["#4477aa", "#ee6677", "#228833", "#b8a020", "#4ea3c8", "#aa3377", "#7a7a7a", "#882255", "#117733", "#999933", "#cc6677", "#332288"];
const MAPS = { ...DATA.maps };
for (const kind of MAPS.kinds) MAPS[kind] = { ...MAPS[kind], ...Object.fromEntries(["evolution", "bursts", "changes"].map((name) => [name, rowsOf(MAPS[kind][name])])) };
const view = { kind: MAPS.kinds[0], period: "all", zoom: 1, x: 0, y: 0, hover: null, moved: {}, search: "", theme: null };
const HALO = "rgba(255,255,255,.9)";

const graph = () => MAPS[view.kind];
const countOf = (node) => node[4][view.period] || 0;
const label = (node) => codeName(node[0]);
const clusterIn = (node, period) => node[5][period] ?? node[3];
const cluster = (node) => clusterIn(node, view.period);
const colourOf = (node) => (view.kind === "code" && codeOf.has(node[0]) ? codeOf.get(node[0]).colour : clusterColour(cluster(node)));
const canvasSize = () => [$("canvas").clientWidth, $("canvas").clientHeight];

/** Where a node stands on the screen. */
function place(at) {
  const [width, height] = canvasSize();
  const [x, y] = view.moved[view.kind]?.[at] || [graph().nodes[at][1], graph().nodes[at][2]];
  return [width / 2 + view.x + x * width * 0.43 * view.zoom, height / 2 + view.y - y * height * 0.43 * view.zoom];
}

function radius(node) {
  const most = Math.max(1, ...graph().nodes.map((one) => one[4][view.period] || 0));
  return (4 + (canvasSize()[0] < 600 ? 12 : 18) * Math.sqrt(countOf(node) / most)) * view.zoom ** 0.4;
}

const linksNow = () => graph().links.filter((link) => link[2][view.period]);

function drawMap() {
  const [width, height] = canvasSize(), ratio = devicePixelRatio || 1, canvas = $("canvas"), ink = canvas.getContext("2d");
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  ink.setTransform(ratio, 0, 0, ratio, 0, 0);
  ink.clearRect(0, 0, width, height);
  const nodes = graph().nodes, links = linksNow(), places = nodes.map((_, at) => place(at));
  const focus = view.hover?.node !== undefined ? [view.hover.node] : view.hover?.link ? view.hover.link.slice(0, 2) : null;
  const near = focus && new Set([...focus, ...links.flatMap(([a, b]) => (view.hover.link ? [] : focus.includes(a) ? [b] : focus.includes(b) ? [a] : []))]);
  const lit = (at) => (view.search ? says(label(nodes[at]), view.search) : view.theme !== null ? cluster(nodes[at]) === view.theme : !near || near.has(at));
  const strongest = Math.max(1e-9, ...links.map((link) => link[2][view.period][1]));
  for (const link of links) {
    const [a, b] = link, on = near ? (view.hover.link ? link === view.hover.link : focus.includes(a) || focus.includes(b)) : view.theme !== null ? lit(a) && lit(b) : !view.search || lit(a) || lit(b);
    const same = cluster(nodes[a]) === cluster(nodes[b]);
    ink.strokeStyle = same ? colourOf(nodes[a]) : "#8d979e";
    ink.globalAlpha = on ? (near ? 0.8 : same ? 0.42 : 0.22) : 0.06;
    ink.lineWidth = 0.6 + 3.2 * Math.sqrt(link[2][view.period][1] / strongest);
    ink.beginPath();
    ink.moveTo(...places[a]);
    ink.lineTo(...places[b]);
    ink.stroke();
  }
  nodes.forEach((node, at) => {
    ink.globalAlpha = lit(at) ? (countOf(node) ? 0.82 : 0.3) : 0.15;
    ink.fillStyle = countOf(node) ? colourOf(node) : "#b9c2c9";
    ink.beginPath();
    ink.arc(...places[at], countOf(node) ? radius(node) : 2.5, 0, 7);
    ink.fill();
    if (view.search && lit(at)) { ink.strokeStyle = "#1d2327"; ink.lineWidth = 2; ink.stroke(); }
  });
  drawLabels(ink, nodes, places, lit, near);
  ink.globalAlpha = 1;
}

/** Labels, the most frequent first; one that would lie on another is left out until there is room or it is pointed at. */
function drawLabels(ink, nodes, places, lit, near) {
  const taken = [], [wide] = canvasSize();
  const order = nodes.map((_, at) => at).filter((at) => countOf(nodes[at])).sort((a, b) => (near ? near.has(b) - near.has(a) : 0) || lit(b) - lit(a) || countOf(nodes[b]) - countOf(nodes[a]));
  ink.textAlign = "center";
  ink.textBaseline = "middle";
  ink.lineJoin = "round";
  for (const at of order) {
    const size = Math.min(20, 11 + radius(nodes[at]) * 0.28), [middle, y] = places[at];
    ink.font = `${size}px "Wenmai Sans", sans-serif`;
    const text = near?.has(at) ? label(nodes[at]) : cutText(label(nodes[at]), 240);
    const half = ink.measureText(text).width / 2 + 2;
    const inside = middle > 0 && middle < wide; // then its label is too
    const x = inside ? Math.max(half, Math.min(wide - half, middle)) : middle;
    const tall = size * 0.62;
    const low = y + radius(nodes[at]) + tall, spot = [y, low, y - radius(nodes[at]) - tall].find((level) =>
      !taken.some(([left, top, right, bottom]) => x - half < right && x + half > left && level - tall < bottom && level + tall > top));
    if (spot === undefined) continue;
    taken.push([x - half, spot - tall, x + half, spot + tall]);
    ink.globalAlpha = lit(at) ? 1 : 0.2;
    ink.strokeStyle = HALO;
    ink.lineWidth = 3.5;
    ink.strokeText(text, x, spot);
    ink.fillStyle = "#1d2327";
    ink.fillText(text, x, spot);
  }
}

/** The node or else the link under a point of the screen. */
function under(x, y) {
  const places = graph().nodes.map((_, at) => place(at));
  let best = null, nearest = 12;
  graph().nodes.forEach((node, at) => {
    if (!countOf(node)) return;
    const away = Math.hypot(x - places[at][0], y - places[at][1]) - radius(node);
    if (away < 3 && away < nearest) [best, nearest] = [{ node: at }, away];
  });
  if (best) return best;
  nearest = 5;
  for (const link of linksNow()) {
    const [[ax, ay], [bx, by]] = [places[link[0]], places[link[1]]], long = (bx - ax) ** 2 + (by - ay) ** 2 || 1;
    const along = Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / long));
    const away = Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay));
    if (away < nearest) [best, nearest] = [{ link }, away];
  }
  return best;
}

function mapText(found) {
  if (!found) return "";
  const nodes = graph().nodes;
  if (found.link) {
    const [count, strength, q] = found.link[2][view.period], lines = [w("map_link", { count: grouped(count), strength: number(strength) })];
    if (q !== null) lines.push(q < SURE ? `q ${qText(q)}` : `q ${qText(q)} · ${w("map_chance")}`);
    return `${label(nodes[found.link[0]])} — ${label(nodes[found.link[1]])}\n${lines.join(" · ")}`;
  }
  return `${label(nodes[found.node])}\n${w("map_node", { count: grouped(countOf(nodes[found.node])) })}`;
}

function openFound(found) {
  const at = found.link ? found.link.slice(0, 2) : [found.node];
  const note = `${view.period === "all" ? w("all_periods") : view.period} · ${mapText(found).split("\n")[1]}`;
  openNames(at.map((one) => graph().nodes[one][0]), view.period, at.map((one) => label(graph().nodes[one])).join(" — "), note);
}

/** What stands behind names of the map that is chosen: sentences with all of them (or any), or the documents that hold them. */
function openNames(names, period, title, note, all = true) {
  const among = (doc) => period === "all" || (Array.isArray(period) ? period[0] <= doc.period && doc.period <= period[1] : doc.period === period || inWindow(doc.period, period));
  const every = (test) => (all ? names.every(test) : names.some(test)), behind = DATA.behind[view.kind];
  if (behind) {
    const of = names.map((name) => behind.nodes[graph().nodes.findIndex((node) => node[0] === name)] || []);
    const link = graph().links.findIndex(([a, b]) => names.length === 2 && all && names.includes(graph().nodes[a][0]) && names.includes(graph().nodes[b][0]));
    const docs = link >= 0 ? behind.links[link] : [...new Set(of.flat())].filter((doc) => !all || of.every((one) => one.includes(doc)));
    return showDocuments(title, docs.filter((doc) => among(DATA.docs[doc])), names, note, docs);
  }
  const kind = view.kind === "term" ? "term" : "code", issuers = view.kind === "issuer_code" ? names.filter((name) => !codeOf.has(name)) : [], marked = names.filter((name) => !issuers.includes(name));
  const holds = (one) => (name) => (issuers.includes(name) ? DATA.docs[one.doc].issuers_today.includes(name) : one.marks.some((mark) => mark[2] === kind && mark[3] === name));
  const everywhere = DATA.sentences.filter((one) => every(holds(one)) && one.marks.some((mark) => mark[2] === kind));
  const wanted = (mark) => mark[2] === kind && (!marked.length || marked.includes(mark[3]));
  showSentences(title, everywhere.filter((one) => among(DATA.docs[one.doc])), wanted, note, everywhere);
}

/** Whether a period lies in a sliding one, such as 2019–2021. */
const inWindow = (period, window) => window.includes("–") && period !== null && window.split("–")[0] <= period && period <= window.split("–")[1];

function zoomAt(factor, x, y) {
  const [width, height] = canvasSize(), zoom = Math.max(0.4, Math.min(12, view.zoom * factor)), real = zoom / view.zoom;
  view.x = x - width / 2 - (x - width / 2 - view.x) * real;
  view.y = y - height / 2 - (y - height / 2 - view.y) * real;
  view.zoom = zoom;
  drawMap();
}

function resetMap() {
  Object.assign(view, { zoom: 1, x: 0, y: 0 });
  delete view.moved[view.kind];
  drawMap();
}

/** Mouse, pen and fingers: drag a node or the ground, pinch, hover, click. */
function mapPointers(canvas) {
  const held = new Map();
  let grip = null, travelled = 0;
  const at = (event) => { const box = canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    held.set(event.pointerId, at(event));
    grip = under(...at(event));
    travelled = 0;
  });
  canvas.addEventListener("pointermove", (event) => {
    const now = at(event), before = held.get(event.pointerId);
    if (!before) {
      view.hover = under(...now);
      canvas.style.cursor = view.hover ? "pointer" : "grab";
      tip(mapText(view.hover), event.clientX, event.clientY);
      return drawMap();
    }
    held.set(event.pointerId, now);
    const [dx, dy] = [now[0] - before[0], now[1] - before[1]];
    travelled += Math.hypot(dx, dy);
    if (held.size === 2) {
      const other = [...held.entries()].find(([id]) => id !== event.pointerId)[1];
      return zoomAt(Math.hypot(now[0] - other[0], now[1] - other[1]) / (Math.hypot(before[0] - other[0], before[1] - other[1]) || 1), other[0], other[1]);
    }
    if (grip?.node !== undefined && travelled > 4) {
      const [width, height] = canvasSize();
      (view.moved[view.kind] ??= {})[grip.node] = [(now[0] - width / 2 - view.x) / (width * 0.43 * view.zoom), -(now[1] - height / 2 - view.y) / (height * 0.43 * view.zoom)];
    } else if (grip?.node === undefined) {
      view.x += dx;
      view.y += dy;
    }
    tip("");
    drawMap();
  });
  const release = (event) => {
    const clicked = held.delete(event.pointerId) && event.type === "pointerup" && travelled < 5 && grip;
    if (clicked) openFound(grip);
    grip = null;
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("pointerleave", () => { if (!held.size) { view.hover = null; tip(""); drawMap(); } });
  canvas.addEventListener("wheel", (event) => { event.preventDefault(); zoomAt(Math.exp(-event.deltaY / 400), ...at(event)); }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] }, [width, height] = canvasSize();
    if (steps[event.key]) { view.x += steps[event.key][0]; view.y += steps[event.key][1]; drawMap(); }
    else if (event.key === "+" || event.key === "=") zoomAt(1.3, width / 2, height / 2);
    else if (event.key === "-") zoomAt(1 / 1.3, width / 2, height / 2);
    else if (event.key === "0") resetMap();
    else return;
    event.preventDefault();
  });
}

/** All that a change of kind, period or language touches beside the canvas. */
function mapWords() {
  const nodes = graph().nodes;
  $("clusters").replaceChildren(...(view.kind === "code" ? nodes.map((node) => make("span", { class: "key" }, dot(colourOf(node)), label(node))) : themesOf(view.period).slice(0, 16).map(themeKey)));
  $("map-cut").textContent = [graph().all > nodes.length ? w("map_cut", { n: nodes.length, all: graph().all }) : "", graph().lone ? w("map_lone", { n: graph().lone }) : ""].join(" ");
  const strong = [...linksNow()].sort((a, b) => b[2][view.period][1] - a[2][view.period][1] || b[2][view.period][0] - a[2][view.period][0]).slice(0, 40);
  $("map-list").lastElementChild.replaceChildren(...strong.map((link) => {
    const button = make("button", { type: "button" }, mapText({ link }).split("\n")[0]);
    button.addEventListener("click", () => openFound({ link }));
    return make("li", {}, button, " ", make("span", { class: "dim" }, number(link[2][view.period][1])));
  }));
  $("map-period-shown").textContent = view.period === "all" ? w("all_periods") : view.period;
  if (!strong.length) $("map-period-shown").textContent += ` · ${w("no_links")}`;
  $("canvas").setAttribute("aria-label", w("map_keys"));
  for (const button of $("map-kind").children) button.setAttribute("aria-pressed", button.value === view.kind);
  drawMap();
}

/** A theme in the legend: pointed at, its members stand out; those that do not come out again are marked. */
function themeKey(row) {
  const weak = row.stability !== null && row.stability < 0.5, text = `${cutText(themeName(row), 420)} (${row.size}${weak ? ` · ${w("unstable")} ${row.stability.toFixed(2)}` : ""})`;
  const key = opens(make("span", { class: weak ? "key unsure" : "key" }, dot(clusterColour(row.cluster)), text), themeText(row), () => openTheme(row, view.period));
  const shown = (theme) => () => { view.theme = theme; drawMap(); };
  for (const [name, theme] of [["pointerenter", row.cluster], ["focus", row.cluster], ["pointerleave", null], ["blur", null]]) key.addEventListener(name, shown(theme));
  return key;
}

function mapControls() {
  const periods = ["all", ...MAPS.periods];
  $("map-period").max = periods.length - 1;
  $("map-period").addEventListener("input", () => { view.period = periods[$("map-period").value]; mapWords(); drawDiagram(); });
  for (const button of $("map-kind").children) {
    button.addEventListener("click", () => { view.kind = button.value; view.hover = null; mapWords(); drawThemes(); });
  }
  $("map-search").addEventListener("input", () => { view.search = $("map-search").value.trim(); drawMap(); });
  $("map-search").addEventListener("keydown", (event) => {
    const found = graph().nodes.findIndex((node) => view.search && countOf(node) && says(label(node), view.search));
    if (event.key === "Enter" && found >= 0) openFound({ node: found });
  });
  const middle = () => canvasSize().map((side) => side / 2);
  $("map-in").addEventListener("click", () => zoomAt(1.4, ...middle()));
  $("map-out").addEventListener("click", () => zoomAt(1 / 1.4, ...middle()));
  $("map-reset").addEventListener("click", resetMap);
  mapPointers($("canvas"));
  new ResizeObserver(drawMap).observe($("canvas"));
}
