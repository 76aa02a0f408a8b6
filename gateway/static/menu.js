/* The menu's groups work by themselves (details); with script they also close as one expects, and what waits is
   counted beside each entry, and beside a folded group for all of its entries. */
"use strict";

const openGroup = () => document.querySelector(".menu details[open]");

document.addEventListener("keydown", (event) => {
  const group = openGroup();
  if (event.key !== "Escape" || !group || document.querySelector("dialog[open]")) return;
  group.open = false;
  if (group.contains(document.activeElement)) group.querySelector("summary").focus();
});

for (const kind of ["pointerdown", "focusin"]) {
  document.addEventListener(kind, (event) => {
    const group = openGroup();
    if (group && !group.contains(event.target)) group.open = false;
  });
}

/* Asked at most once a minute, and anew after each act; never by itself, so that a page left open ends its session. */
const MINUTE = 60000;
const countsKey = PREFIX + person + ":counts";

function keptCounts() {
  try {
    const kept = JSON.parse(localStorage.getItem(countsKey));
    return kept && Math.abs(Date.now() - kept.at) < MINUTE ? kept.counts : null;
  } catch {
    return null;
  }
}

async function askCounts() {
  const answer = await fetch("/waiting/counts", { cache: "no-store", signal: AbortSignal.timeout(15000) });
  if (!answer.ok || answer.redirected) return {};
  const counts = (await answer.json()).counts;
  localStorage.setItem(countsKey, JSON.stringify({ at: Date.now(), counts }));
  return counts;
}

function countMark(counts) {
  const mark = document.createElement("span");
  mark.className = "waits";
  mark.append(counts.reduce((sum, each) => sum + each.count, 0) + (counts.some((each) => each.more) ? "+" : ""));
  const words = document.createElement("span");
  words.className = "hidden";
  words.append("件等您处理");
  mark.append(words);
  return mark;
}

/* The count stands after the link, not in it: the link keeps its name. */
function showCounts(counts) {
  for (const old of document.querySelectorAll(".waits")) old.remove();
  const counted = (links) => [...links].map((link) => counts[link.getAttribute("href")]).filter(Boolean);
  for (const link of document.querySelectorAll("header nav a")) {
    const found = counted([link]);
    if (found.length) link.after(countMark(found));
  }
  for (const group of document.querySelectorAll(".menu details")) {
    const found = counted(group.querySelectorAll("a"));
    if (found.length) group.querySelector("summary").append(countMark(found));
  }
}

document.addEventListener("submit", (event) => {
  if (event.target.method === "post") localStorage.removeItem(countsKey);
});

const known = keptCounts();
if (known) showCounts(known);
else askCounts().then(showCounts, () => {});
