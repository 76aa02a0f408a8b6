/* Remarks at a place of the text: select it, write the remark. Without script quote and remark are typed. */
"use strict";

const reviewed = document.getElementById("reviewed");
const annotate = document.getElementById("annotate");
const chosenNotes = document.getElementById("chosen-notes");
const MOST_NOTES = 50;

for (const hint of document.querySelectorAll("[data-with-script]")) hint.hidden = false;

/* What is selected: field, first character and quote, counted in characters as the gateway counts, not in UTF-16. */
function selectedPlace() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  for (const [field, box] of [["title", ".document-title"], ["body", ".document-body"]]) {
    const text = reviewed.querySelector(box);
    if (!text || !text.contains(range.startContainer) || !text.contains(range.endContainer)) continue;
    const before = document.createRange();
    before.selectNodeContents(text);
    before.setEnd(range.startContainer, range.startOffset);
    const quote = range.toString();
    return quote.trim() ? { field, start: [...before.toString()].length, quote } : null;
  }
  return null;
}

function hiddenField(name, value) {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = "note_" + name;
  field.value = value;
  return field;
}

function addNote(place) {
  const row = document.createElement("li");
  const quote = document.createElement("q");
  quote.textContent = place.quote.length > 60 ? place.quote.slice(0, 60) + "…" : place.quote;
  const remark = document.createElement("input");
  remark.name = "note_remark";
  remark.maxLength = 500;
  remark.required = true;
  remark.setAttribute("aria-label", "对“" + quote.textContent + "”的批注");
  const drop = document.createElement("button");
  drop.type = "button";
  drop.className = "link danger-text";
  drop.textContent = "去掉";
  drop.addEventListener("click", () => row.remove());
  row.append(hiddenField("field", place.field), hiddenField("start", place.start), hiddenField("quote", place.quote));
  row.append(quote, remark, drop);
  chosenNotes.append(row);
  remark.focus();
}

let place = null;
document.addEventListener("selectionchange", () => {
  const now = selectedPlace();
  if (now) place = now;
  annotate.hidden = !now && document.activeElement !== annotate;
});
annotate.addEventListener("pointerdown", (event) => event.preventDefault());
annotate.addEventListener("click", () => {
  if (place && chosenNotes.children.length < MOST_NOTES) addNote(place);
  annotate.hidden = true;
});
