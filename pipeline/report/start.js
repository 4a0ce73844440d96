// What stands on this page, wired up; a section without data has no controls to wire.
function speak(chosen) {
  lang = chosen;
  document.documentElement.dataset.lang = lang;
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  for (const button of document.querySelectorAll("[data-set-lang]")) button.setAttribute("aria-pressed", button.dataset.setLang === lang);
  if ($("charts")) { chartControls(); drawCharts(); }
  if ($("moves-of")) { movesControls(); drawMoves(); }
  if ($("pair")) drawSides();
  if ($("why-bars")) { whyControls(); drawWhy(); }
  if ($("net")) { netControls(); drawNet(); drawDegree(); }
  if ($("leads")) { leadsControls(); drawLeads(); }
  if ($("canvas")) { mapWords(); drawThemes(); }
  drawTopics();
  if ($("e-list")) { evidenceControls(); drawEvidence(); }
}

for (const button of document.querySelectorAll("[data-set-lang]")) button.addEventListener("click", () => speak(button.dataset.setLang));
for (const button of document.querySelectorAll("button.open")) button.addEventListener("click", () => openFrom(button.dataset));
if ($("charts")) {
  for (const id of ["split", "split-code", "own-scale", "unit", "weighting"]) $(id).addEventListener("change", drawCharts);
  $("split-term").addEventListener("input", drawCharts);
  $("numbers").addEventListener("toggle", drawCharts);
}
if ($("moves-of")) $("moves-of").addEventListener("change", drawMoves);
for (const id of ["pair", "matching"]) $(id)?.addEventListener("change", drawSides);
for (const id of ["why-series", "why-group", "why-from"]) $(id)?.addEventListener("change", drawWhy);
if ($("net")) {
  $("net-period").addEventListener("input", drawNet);
  $("net-group").addEventListener("change", () => { drawNet(); drawDegree(); });
  $("net-list").addEventListener("toggle", drawNet);
  $("degree-pair")?.addEventListener("change", drawDegree);
}
$("leads-of")?.addEventListener("change", drawLeads);
let drawnAt = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === drawnAt) return;
  drawnAt = innerWidth;
  if ($("moves-of")) drawMoves();
  if ($("pair")) drawSides();
  if ($("why-bars")) drawWhy();
  if ($("net")) drawNet();
  if ($("canvas")) drawThemes();
});
if ($("canvas")) mapControls();
if ($("e-list")) {
  for (const id of ["e-code", "e-period", "e-stance", "e-text"]) $(id).addEventListener("input", () => { eShown = 20; drawEvidence(); });
  $("e-more").addEventListener("click", () => { eShown += 20; drawEvidence(); });
}
$("drawer").addEventListener("click", (event) => { if (event.target === $("drawer")) $("drawer").close(); });
speak(lang);
document.fonts.ready.then(() => { if ($("canvas")) drawMap(); });
