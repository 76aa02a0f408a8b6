/* The queue renews itself; not while rows are chosen or gone through, as that would take choice and place away. */
"use strict";

document.getElementById("queue").addEventListener("htmx:beforeRequest", (event) => {
  const rows = event.currentTarget;
  if (event.target === rows && (rows.querySelector("input:checked") || rows.contains(document.activeElement))) {
    event.preventDefault();
  }
});

/* Who goes by keys and comes back from a report, or sees the queue anew after an act, goes on where he was: at the same row, or at the
   next one that is still there. */
const PLACE = PREFIX + "queue-place";
const rowsNow = () => [...document.querySelectorAll("#queue [data-row]")];

window.addEventListener("pagehide", () => {
  const at = presentRow() || document.querySelector("#queue [data-row]:has(input:checked)")
    || rowsNow().find((row) => row.dataset.row === leftFrom);
  const place = { order: rowsNow().map((row) => row.dataset.row), at: at ? at.dataset.row : null };
  sessionStorage.setItem(PLACE, JSON.stringify(place));
});

let leftFrom = null; // an act by a button below takes the focus from the row
document.getElementById("queue").addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-row]");
  if (row) leftFrom = row.dataset.row;
});

function returnToPlace() {
  const { order, at } = JSON.parse(sessionStorage.getItem(PLACE) || '{"order": [], "at": null}');
  const index = order.indexOf(at);
  if (index < 0) return;
  const wanted = [...order.slice(index), ...order.slice(0, index).reverse()];
  const rows = new Map(rowsNow().map((row) => [row.dataset.row, row]));
  focusRow(rows.get(wanted.find((name) => rows.has(name))));
}
if (sessionStorage.getItem(BY_KEYS) && document.activeElement === document.body) returnToPlace();
