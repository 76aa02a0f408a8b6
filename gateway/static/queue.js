/* The queue renews itself, so that what is urgent is seen however long somebody goes through it; not while rows are chosen, as that
   would take the choice away. What stands as it stood is left alone: a screen reader would read it out again. */
"use strict";

const PLACE = PREFIX + "queue-place";
const queueBox = document.getElementById("queue");
const rowsNow = () => [...queueBox.querySelectorAll("[data-row]")];

queueBox.addEventListener("htmx:beforeRequest", (event) => {
  const focused = document.activeElement;
  const lost = queueBox.contains(focused) && !focused.id; // by its id htmx finds again what has the focus
  if (event.target === queueBox && (queueBox.querySelector("input:checked") || lost)) event.preventDefault();
});

let shownRows = null;
let leftAt = null;
queueBox.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.serverResponse === shownRows) event.detail.shouldSwap = false;
  else leftAt = queueBox.contains(document.activeElement) ? placeNow() : null;
  shownRows = event.detail.serverResponse;
});
queueBox.addEventListener("htmx:afterSettle", () => {
  if (leftAt && document.activeElement === document.body) goTo(leftAt); // somebody else decided on that one
});

/* Who goes by keys and comes back from a report, or sees the queue anew after an act, goes on where he was: at the same row, or at the
   next one that is still there. */
function placeNow() {
  const at = presentRow() || queueBox.querySelector("[data-row]:has(input:checked)")
    || rowsNow().find((row) => row.dataset.row === leftFrom);
  return { order: rowsNow().map((row) => row.dataset.row), at: at ? at.dataset.row : null };
}

window.addEventListener("pagehide", () => sessionStorage.setItem(PLACE, JSON.stringify(placeNow())));

let leftFrom = null; // an act by a button below takes the focus from the row
queueBox.addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-row]");
  if (row) leftFrom = row.dataset.row;
});

function goTo({ order, at }) {
  const index = order.indexOf(at);
  if (index < 0) return;
  const wanted = [...order.slice(index), ...order.slice(0, index).reverse()];
  const rows = new Map(rowsNow().map((row) => [row.dataset.row, row]));
  focusRow(rows.get(wanted.find((name) => rows.has(name))));
}
if (sessionStorage.getItem(BY_KEYS) && document.activeElement === document.body) {
  goTo(JSON.parse(sessionStorage.getItem(PLACE) || '{"order": [], "at": null}'));
}
