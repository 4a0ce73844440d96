"use strict";
// What the other scripts share: the data, words in two languages, elements, the tip, and the sentences behind a number.
const DATA = JSON.parse(document.getElementById("data").textContent);
DATA.sentences = DATA.sentences.map(([doc, start, end, from, text, page, marks]) => ({ doc, start, end, from, text, page, marks: marks.map(([low, high, sign]) => [low, high, ...DATA.signs[sign]]) }));
const $ = (id) => document.getElementById(id);
let lang = DATA.lang;

const fill = (form, values = {}) => form.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const w = (key, values) => fill((DATA.words[key] || [key, key])[lang === "zh" ? 0 : 1], values);
const rowsOf = ({ columns, rows }) => rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]])));
const says = (text, part) => text.toLowerCase().includes(part.toLowerCase());
const grouped = (count) => count.toLocaleString("en");
const valueName = (value) => (DATA.values[value] || [value, value])[lang === "zh" ? 0 : 1];
const codeOf = new Map(DATA.codes.map((code) => [code.id, code]));
const pairOf = (text) => text[lang]; // of a text in both languages
const seriesName = (name) => (DATA.names[name] ? pairOf(DATA.names[name]) : name);
const codeName = (id) => (codeOf.has(id) ? codeOf.get(id).name[lang] : id);

/** A new element with attributes and children; text only ever goes in as text. */
function make(tag, attributes = {}, ...children) {
  const svg = ["svg", "g", "path", "line", "circle", "rect", "text", "tspan"].includes(tag);
  const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const dot = (colour) => make("svg", { viewBox: "0 0 10 10", "aria-hidden": "true" }, make("circle", { cx: 5, cy: 5, r: 5, fill: colour }));

function options(select, pairs) {
  const before = select.value;
  select.replaceChildren(...pairs.map(([value, text]) => make("option", { value }, text)));
  if (pairs.some(([value]) => value === before)) select.value = before;
}

function tip(text, x, y) {
  $("tip").hidden = !text;
  if (!text) return;
  $("tip").textContent = text;
  const box = $("tip").getBoundingClientRect();
  $("tip").style.left = `${Math.max(4, Math.min(x + 14, innerWidth - box.width - 8))}px`;
  $("tip").style.top = `${y + 18 + box.height > innerHeight ? y - box.height - 12 : y + 18}px`;
}

/** One sentence with its marks; `wanted` says which marks to show, all codes if left out. */
function sentenceCard(sentence, wanted = (mark) => mark[2] === "code") {
  const doc = DATA.docs[sentence.doc];
  const quote = make("blockquote", { lang: "zh" });
  const marks = sentence.marks.filter((mark) => wanted(mark, sentence)), size = [...sentence.text].length;
  let at = sentence.from;
  const slice = (a, b) => [...sentence.text].slice(a - sentence.from, b - sentence.from).join(""); // code points, not UTF-16
  if (sentence.from > sentence.start) quote.append("…");
  for (const mark of marks) {
    const [start, end, kind, name] = mark;
    if (end <= at) continue;
    quote.append(slice(at, Math.max(at, start)));
    const shown = make("mark", {}, slice(Math.max(at, start), end));
    if (kind === "code" && codeOf.has(name)) shown.style.setProperty("--c", codeOf.get(name).colour);
    quote.append(shown);
    at = end;
  }
  quote.append(slice(at, sentence.from + size));
  if (sentence.from + size < sentence.end) quote.append("…");
  const where = [doc.issuers.join("、"), doc.date, sentence.page && w("page", { n: sentence.page }), w("offsets", sentence)];
  const card = make("article", { class: "sentence" }, quote);
  card.append(make("p", {}, make("span", { lang: "zh" }, `《${doc.title}》`), " ", where.filter(Boolean).join(" · ")));
  const reasons = make("p");
  for (const [start, end, kind, name, rule, stance, flags] of marks) {
    if (kind !== "code") continue;
    const parts = [codeName(name), `“${slice(start, end)}”`, `${start}–${end}`, `${w("rule")} ${rule}`, valueName(stance)];
    const more = flags.map((flag) => w(flag));
    reasons.append(make("span", { class: "key" }, dot(codeOf.get(name).colour), [...parts, ...more].join(" · ")));
  }
  if (reasons.childNodes.length) card.append(reasons);
  return card;
}

/** Opens the sentences behind a number at the side of the page; `others` are of other periods, for when there are none. */
function showSentences(title, sentences, wanted, note = "", others = []) {
  const shown = sentences.length ? sentences : others, most = 200;
  const count = shown.length > most ? `${w("found", { n: grouped(shown.length) })}, ${w("first_shown", { n: most })}` : w("found", { n: grouped(shown.length) });
  const said = sentences.length ? count : others.length ? `${w("other_period")} · ${count}` : w("no_sentence");
  $("drawer-title").textContent = title;
  $("drawer-note").textContent = [note, said, w("codebook", DATA.codebook)].filter(Boolean).join(" · ");
  $("drawer-list").replaceChildren(...shown.slice(0, most).map((sentence) => sentenceCard(sentence, wanted)));
  if (!$("drawer").open) $("drawer").showModal();
  $("drawer").scrollTop = 0;
}

/** Opens the documents behind a number, each with a sentence of it that holds one of the names, if there is one. */
function showDocuments(title, docs, names, note = "", others = []) {
  const shown = docs.length ? docs : others, count = w("found_documents", { n: grouped(shown.length) });
  $("drawer-title").textContent = title;
  $("drawer-note").textContent = [note, docs.length ? count : others.length ? `${w("other_period")} · ${count}` : w("no_document")].join(" · ");
  $("drawer-list").replaceChildren(...shown.map((at) => {
    const doc = DATA.docs[at], about = [doc.authors.join("、"), doc.journal, doc.issuers.join("、"), doc.date];
    const card = make("article", { class: "sentence" }, make("p", {}, make("strong", { lang: "zh" }, `《${doc.title}》`), " ", about.filter(Boolean).join(" · ")));
    const quote = DATA.sentences.find((one) => one.doc === at && names.some((name) => says(one.text, name)));
    if (quote) card.append(make("blockquote", { lang: "zh" }, quote.text));
    return card;
  }));
  if (!$("drawer").open) $("drawer").showModal();
  $("drawer").scrollTop = 0;
}

/** Sentences with any of these terms (of a period), those with most of them first. */
function showTerms(title, terms, period = null, note = "") {
  const wanted = (mark) => mark[2] === "term" && terms.includes(mark[3]);
  const has = (sentence) => new Set(sentence.marks.filter(wanted).map((mark) => mark[3])).size;
  const found = DATA.sentences.filter((one) => (period === null || DATA.docs[one.doc].period === period) && has(one));
  showSentences(title, found.sort((a, b) => has(b) - has(a)), wanted, note);
}

/** Sentences of a period that hold a word, as a mark of its own or of a code, or anywhere in them. */
function showWord(title, term, period, note, among = () => true) {
  const found = DATA.sentences.filter((one) => says(one.text, term) && among(one));
  const here = found.filter((one) => period === null || DATA.docs[one.doc].period === period);
  const wanted = (mark, sentence) => (mark[2] === "term" ? mark[3] === term : [...sentence.text].slice(mark[0] - sentence.from, mark[1] - sentence.from).join("") === term);
  showSentences(title, here, wanted, note, found);
}

/** Makes an element open something: by click, Enter and space, with a tip that says what it is. */
function opens(mark, text, click) {
  for (const [name, value] of Object.entries({ tabindex: 0, role: "button", "aria-label": text })) mark.setAttribute(name, value);
  mark.classList.add("point");
  mark.addEventListener("pointermove", (event) => tip(text, event.clientX, event.clientY));
  mark.addEventListener("pointerleave", () => tip(""));
  mark.addEventListener("focus", () => { const box = mark.getBoundingClientRect(); tip(text, box.right, box.top); });
  mark.addEventListener("blur", () => tip(""));
  if (!click) return mark;
  mark.addEventListener("click", () => { tip(""); click(); });
  mark.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); click(); } });
  return mark;
}

/** Two lists taken by turns. */
const turns = (a, b) => Array.from({ length: Math.max(a.length, b.length) }, (_, at) => [a[at], b[at]]).flat().filter(Boolean);

/** A table of columns [heading, class] and rows of cells, which are texts or elements; a row may have a class. */
function tableOf(heads, rows) {
  const head = make("tr", {}, ...heads.map(([text, kind]) => make("th", kind ? { class: kind } : {}, text)));
  const body = rows.map(({ cells, kind }) => make("tr", kind ? { class: kind } : {}, ...cells.map((cell, at) => make(at ? "td" : "th", { ...(heads[at][1] ? { class: heads[at][1] } : {}), ...(at ? {} : { scope: "row" }) }, cell))));
  return make("table", {}, make("thead", {}, head), make("tbody", {}, ...body));
}

/** Buttons in the text of the page that open sentences: of a code in a period, or of a term. */
function openFrom({ code, period, term }) {
  if (term) return showTerms(term, [term]);
  const point = pointsOf(code).find((one) => PERIODS[one[0]] === period);
  openPoint({ code }, `${codeName(code)} · ${period}`, point);
}

/** Whether a document belongs to a group: all, level=central, issuer=…, period=2019..2021. */
function inGroup(doc, group) {
  const dimension = group.split("=")[0], value = group.slice(dimension.length + 1);
  if (group === "all") return true;
  if (dimension === "issuer") return doc.issuers_today.includes(value);
  if (dimension !== "period" || !value.includes("..")) return doc[dimension] === value;
  const [first, last] = value.split("..").map((one) => one.trim()), dates = [first, last].every((one) => /^(\d{4}(-\d\d){0,2})?$/.test(one));
  const place = dates ? doc.date : doc.period; // periods of other names are in order of time too where they begin with a year
  return place !== null && (!first || place.slice(0, first.length) >= first) && (!last || place.slice(0, last.length) <= last);
}

/** Sentences that carry a code (of a stance, not copied) in a period and group; null stands for any. */
function coded({ code = null, stance = null, period = null, group = "all", own = false }) {
  const seen = {}, rank = new Map();
  const fits = (mark) => mark[2] === "code" && (!code || mark[3] === code) && (!stance || mark[5] === stance) && !(own && mark[6].includes("copied"));
  const found = DATA.sentences.filter((sentence) => {
    const doc = DATA.docs[sentence.doc];
    return (period === null || doc.period === period) && inGroup(doc, group) && sentence.marks.some(fits);
  });
  for (const one of found) rank.set(one, (seen[one.doc] = (seen[one.doc] || 0) + 1)); // the first of every document, then the second …
  return found.sort((a, b) => rank.get(a) - rank.get(b));
}
