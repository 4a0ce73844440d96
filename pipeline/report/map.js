// The map: nodes stay where the layout put them (or where a reader dragged them); a period only changes sizes and links.
const CLUSTERS = ["#4477aa", "#ee6677", "#228833", "#b8a020", "#4ea3c8", "#aa3377", "#7a7a7a", "#882255", "#117733", "#999933", "#cc6677", "#332288"];
const view = { kind: "term", period: "all", zoom: 1, x: 0, y: 0, hover: null, moved: { term: {}, code: {} }, search: "" };
const HALO = "rgba(255,255,255,.9)";

const graph = () => DATA.maps[view.kind];
const countOf = (node) => node[4][view.period] || 0;
const label = (node) => (view.kind === "code" ? codeName(node[0]) : node[0]);
const colourOf = (node) => (view.kind === "code" && codeOf.has(node[0]) ? codeOf.get(node[0]).colour : node[3] < 0 ? "#9aa4ab" : CLUSTERS[node[3] % CLUSTERS.length]);
const canvasSize = () => [$("canvas").clientWidth, $("canvas").clientHeight];

/** Where a node stands on the screen. */
function place(at) {
  const [width, height] = canvasSize();
  const [x, y] = view.moved[view.kind][at] || [graph().nodes[at][1], graph().nodes[at][2]];
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
  const lit = (at) => (view.search ? says(label(nodes[at]), view.search) : !near || near.has(at));
  const strongest = Math.max(1e-9, ...links.map((link) => link[2][view.period][1]));
  for (const link of links) {
    const [a, b] = link, on = near ? (view.hover.link ? link === view.hover.link : focus.includes(a) || focus.includes(b)) : !view.search || lit(a) || lit(b);
    ink.strokeStyle = nodes[a][3] === nodes[b][3] ? colourOf(nodes[a]) : "#8d979e";
    ink.globalAlpha = on ? (near ? 0.8 : nodes[a][3] === nodes[b][3] ? 0.42 : 0.22) : 0.06;
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
    const half = ink.measureText(label(nodes[at])).width / 2 + 2;
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
    ink.strokeText(label(nodes[at]), x, spot);
    ink.fillStyle = "#1d2327";
    ink.fillText(label(nodes[at]), x, spot);
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
    const [count, strength] = found.link[2][view.period];
    return `${label(nodes[found.link[0]])} — ${label(nodes[found.link[1]])}\n${w("map_link", { count: grouped(count), strength: number(strength) })}`;
  }
  return `${label(nodes[found.node])}\n${w("map_node", { count: grouped(countOf(nodes[found.node])) })}`;
}

function openFound(found) {
  const at = found.link ? found.link.slice(0, 2) : [found.node], names = at.map((one) => graph().nodes[one][0]);
  const kind = view.kind, wanted = (mark) => mark[2] === kind && names.includes(mark[3]);
  const everywhere = DATA.sentences.filter((one) => names.every((name) => one.marks.some((mark) => mark[2] === kind && mark[3] === name)));
  const sentences = everywhere.filter((one) => view.period === "all" || DATA.docs[one.doc].period === view.period);
  const note = `${view.period === "all" ? w("all_periods") : view.period} · ${mapText(found).split("\n")[1]}`;
  showSentences(at.map((one) => label(graph().nodes[one])).join(" — "), sentences, wanted, note, everywhere);
}

function zoomAt(factor, x, y) {
  const [width, height] = canvasSize(), zoom = Math.max(0.4, Math.min(12, view.zoom * factor)), real = zoom / view.zoom;
  view.x = x - width / 2 - (x - width / 2 - view.x) * real;
  view.y = y - height / 2 - (y - height / 2 - view.y) * real;
  view.zoom = zoom;
  drawMap();
}

function resetMap() {
  Object.assign(view, { zoom: 1, x: 0, y: 0 });
  view.moved[view.kind] = {};
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
      view.moved[view.kind][grip.node] = [(now[0] - width / 2 - view.x) / (width * 0.43 * view.zoom), -(now[1] - height / 2 - view.y) / (height * 0.43 * view.zoom)];
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
  const nodes = graph().nodes, byCluster = new Map();
  for (const node of nodes) if (countOf(node) && node[3] >= 0) byCluster.set(node[3], [...(byCluster.get(node[3]) || []), node]);
  const legend = [...byCluster.entries()].sort((a, b) => a[0] - b[0]).slice(0, 12);
  $("clusters").replaceChildren(...(view.kind === "code" ? nodes.map((node) => make("span", { class: "key" }, dot(colourOf(node)), label(node))) : legend.map(([, members]) => {
    const leading = members.sort((a, b) => countOf(b) - countOf(a)).slice(0, 4).map(label).join("、");
    return make("span", { class: "key" }, dot(colourOf(members[0])), leading);
  })));
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

function mapControls() {
  const periods = ["all", ...DATA.maps.periods];
  if (!DATA.maps.term.nodes.length) view.kind = "code";
  $("map-period").max = periods.length - 1;
  $("map-period").addEventListener("input", () => { view.period = periods[$("map-period").value]; mapWords(); });
  for (const button of $("map-kind").children) {
    button.disabled = !DATA.maps[button.value].nodes.length;
    button.addEventListener("click", () => { view.kind = button.value; view.hover = null; mapWords(); });
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
