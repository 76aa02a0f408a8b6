/* The list of what waits asks again by itself, and stays where the reader is: focus, choice and scroll are kept. */
"use strict";

const waitingBox = document.getElementById("waiting");
const EVERY = 30000;
const FORGOTTEN = 3600000; // a page nobody touches for an hour asks no more: it would keep the session alive for ever
let shownText = waitingBox.innerHTML;
let touchedAt = performance.now();

for (const kind of ["pointerdown", "keydown", "scroll"]) {
  document.addEventListener(kind, () => { touchedAt = performance.now(); }, { passive: true });
}

/* Without what is another at each reading: form keys, tokens, countdowns. */
function essence(html) {
  return html.replace(/<input type="hidden"[^>]*>/g, "").replace(/<span class="countdown[^>]*>[^<]*/g, "");
}

function placeOf(element) {
  const row = element && element.closest("[data-row]");
  if (!row || !waitingBox.contains(row)) return null;
  return { row: row.dataset.row, at: [...row.querySelectorAll("a, button, input")].indexOf(element) };
}

function rowNamed(name) {
  return [...waitingBox.querySelectorAll("[data-row]")].find((row) => row.dataset.row === name);
}

function putBack(place) {
  const row = place && rowNamed(place.row);
  const element = row && [...row.querySelectorAll("a, button, input")][place.at];
  if (element) element.focus({ preventScroll: true });
}

function show(html, count) {
  const place = placeOf(document.activeElement);
  const chosen = new Set([...waitingBox.querySelectorAll("input:checked")].map((box) => box.value));
  waitingBox.innerHTML = html;
  for (const box of waitingBox.querySelectorAll("input[type=checkbox]")) box.checked = chosen.has(box.value);
  putBack(place);
  showCountdowns();
  document.title = (count ? "(" + count + ") " : "") + "待我处理 · 呈报";
  const told = count ? "有 " + count + " 件事等您处理。" : "目前没有等您处理的事。";
  document.getElementById("waiting-count").textContent = waitingBox.dataset.name + "，" + told;
}

async function refreshWaiting() {
  if (document.hidden || performance.now() - touchedAt > FORGOTTEN) return;
  const answer = await fetch("/", { headers: { "X-Part": "waiting" }, cache: "no-store", signal: AbortSignal.timeout(15000) });
  const count = answer.headers.get("X-Waiting");
  if (!answer.ok || answer.redirected || count === null) return; // signed out, or another page: reading it is no use
  const html = await answer.text();
  if (essence(html) === essence(shownText)) return;
  shownText = html;
  show(html, Number(count));
}

setInterval(() => refreshWaiting().catch(() => {}), EVERY);
document.addEventListener("visibilitychange", () => { refreshWaiting().catch(() => {}); });
