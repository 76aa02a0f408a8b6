/* The writing check beside the draft's form: the list comes by itself after a pause in typing (htmx); here its buttons
   mark a place and take a suggestion. Places are counted in characters, fields in UTF-16 units. */
"use strict";

function unitsOf(text, characters) {
  let units = 0;
  for (const character of text) {
    if (characters-- <= 0) break;
    units += character.length;
  }
  return units;
}

/* Where the words stand now: the text may have been changed since it was checked. */
function placeOf(field, finding) {
  const words = finding.dataset.words;
  const start = unitsOf(field.value, Number(finding.dataset.start));
  if (field.value.startsWith(words, start)) return start;
  return words ? field.value.indexOf(words) : -1;
}

function mark(field, start, end) {
  field.focus();
  field.setSelectionRange(start, end);
  field.scrollTop = (start / Math.max(1, field.value.length)) * field.scrollHeight - field.clientHeight / 2;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  const finding = button?.closest(".finding-acts");
  if (!finding) return;
  const field = document.getElementById(finding.dataset.field);
  const start = placeOf(field, finding);
  if (start < 0) {
    finding.textContent = "这里的文字已经改动。";
    return;
  }
  let end = start + finding.dataset.words.length;
  if (button.dataset.act === "take") {
    field.setRangeText(button.dataset.suggestion, start, end, "select");
    end = start + button.dataset.suggestion.length;
    finding.textContent = "已修改。";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  mark(field, start, end);
});

document.addEventListener("click", (event) => {
  const list = document.getElementById("findings");
  if (!event.target.matches("[data-check]")) return;
  event.preventDefault();
  htmx.trigger(list, "check");
  list.scrollIntoView({ block: "nearest" });
});

/* Only the count is read aloud, not the list at every pause in typing. */
document.addEventListener("htmx:load", () => {
  for (const acts of document.querySelectorAll("#findings .finding-acts")) acts.hidden = false;
  const count = document.querySelector("#findings .findings-count")?.textContent || "";
  const said = document.getElementById("findings-said");
  if (said.textContent !== count) said.textContent = count;
});
