/* Items of an issue are dragged to another place or column; the forms of the page do the same without script. */
"use strict";

const composition = document.getElementById("composition");
let dragged = null;

function itemsOf(column) {
  return [...composition.querySelectorAll("[data-item]")].filter((item) => item.dataset.column === column);
}

/* Sends the form by which the dragged item moves, with the place where it was let go. */
function moveTo(target) {
  const form = dragged.querySelector(".moves form");
  if (!form) return;
  const others = itemsOf(target.dataset.column).filter((item) => item !== dragged);
  const before = dragged.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_PRECEDING;
  const values = { column: target.dataset.column, place: others.indexOf(target) + (before ? 0 : 1) };
  for (const [name, value] of Object.entries(values)) {
    for (const old of form.querySelectorAll("[name=" + name + "]")) old.removeAttribute("name");
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
  form.submit();
}

for (const item of composition.querySelectorAll("[data-item]")) {
  const handle = item.querySelector(".document-title");
  handle.draggable = true;
  handle.title = "按住拖动";
  handle.addEventListener("dragstart", (event) => {
    dragged = item;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", item.dataset.item);
  });
  handle.addEventListener("dragend", () => { dragged = null; });
  item.addEventListener("dragover", (event) => {
    if (!dragged || dragged === item) return;
    event.preventDefault();
    item.classList.add("dropping");
  });
  item.addEventListener("dragleave", () => item.classList.remove("dropping"));
  item.addEventListener("drop", (event) => {
    event.preventDefault();
    item.classList.remove("dropping");
    if (dragged && dragged !== item) moveTo(item);
  });
}
