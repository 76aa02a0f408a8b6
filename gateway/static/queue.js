/* The queue renews itself; not while rows are chosen or gone through, as that would take choice and place away. */
"use strict";

document.getElementById("queue").addEventListener("htmx:beforeRequest", (event) => {
  const rows = event.currentTarget;
  if (event.target === rows && (rows.querySelector("input:checked") || rows.contains(document.activeElement))) {
    event.preventDefault();
  }
});
