/* Keys for lists: j and k move between rows, or on the page of one report to the one beside it; o opens, x chooses, ? shows the keys; a page's own keys stand at its
   buttons and fields (data-key) and go before these. Comfort only; never while somebody types, never with a modifier (screen readers and
   browsers have theirs), and to be switched off (WCAG 2.1.4). Escape leaves a field. */
"use strict";

const keysDialog = document.getElementById("keys");
const keysSwitch = document.getElementById("keys-on");
const keysOpen = document.getElementById("keys-open");
const KEYS_OFF = "chengbao:keys-off";
const TYPING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

keysOpen.hidden = false;
keysOpen.addEventListener("click", () => keysDialog.showModal());
keysSwitch.checked = !localStorage.getItem(KEYS_OFF);
keysSwitch.addEventListener("change", () => {
  if (keysSwitch.checked) localStorage.removeItem(KEYS_OFF);
  else localStorage.setItem(KEYS_OFF, "yes");
});

/* The row that has the focus; before anything has it, the one that the address leads to. */
function presentRow() {
  const focused = document.activeElement;
  return focused.closest("[data-row]") || (focused === document.body && document.querySelector("[data-row]:target"));
}

/* What is focused in a row; a long one, that is itself to be read, is focused as a whole. */
function handleOf(row) {
  return row.matches("[tabindex]") ? row : row.querySelector("a.row-title") || row.querySelector("a, button, input[type=checkbox]");
}

function focusRow(row) {
  if (!row) return;
  const handle = handleOf(row);
  handle.focus({ preventScroll: handle === row });
  row.scrollIntoView({ block: handle === row ? "start" : "nearest" });
}

function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")].filter(handleOf); // some are only to be read
  if (!rows.length) {
    const beside = document.querySelector(`main a[rel=${by > 0 ? "next" : "prev"}]`);
    if (beside) beside.click();
    return;
  }
  const at = rows.indexOf(presentRow());
  focusRow(rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1)]);
}

function openRow(row) {
  const link = row && row.querySelector("a.row-title");
  if (link) link.click();
}

function chooseRow(row) {
  const box = row && row.querySelector("input[type=checkbox]:not([disabled])");
  if (box) box.click();
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  o: () => openRow(presentRow()),
  x: () => chooseRow(presentRow()),
  "?": () => keysDialog.showModal(),
};

/* What is folded up around a field, and opens when the field is gone to. */
const foldedIn = (field) => field.closest("main details:not([open])");

/* What the key of a page or of the menu does: a field is gone to, a button is pressed. A button for rows acts on the chosen ones, or on
   the present one when none is chosen; one that needs words goes to them first. What stands in a row is meant for that
   row alone. */
function ownKey(key) {
  if (!/^[a-z]$/.test(key)) return null;
  const row = presentRow();
  const target = ["main", "nav"].flatMap((part) => [...document.querySelectorAll(`${part} [data-key=${key}]`)])
    .find((each) => [null, row].includes(each.closest("[data-row]")) && (each.getClientRects().length || foldedIn(each)));
  if (!target) return null;
  if (target.matches("input:not([type=radio]), select, textarea")) {
    return () => {
      if (foldedIn(target)) foldedIn(target).open = true;
      target.focus();
    };
  }
  return () => {
    const form = target.form;
    if ("onRows" in target.dataset && !form.querySelector("[data-row] input:checked")) {
      if (!presentRow()) return;
      chooseRow(presentRow());
    }
    const words = "words" in target.dataset && form.elements[target.dataset.words];
    if (words && !words.value.trim()) words.focus();
    else target.click();
  };
}

/* Whether whoever sits here goes by keys: only for him does a page move the focus when it is opened. */
const BY_KEYS = PREFIX + "by-keys";
document.addEventListener("pointerdown", () => sessionStorage.removeItem(BY_KEYS));

document.addEventListener("keydown", (event) => {
  sessionStorage.setItem(BY_KEYS, "yes");
  if (event.key === "Escape" && event.target.closest(TYPING)) event.target.blur();
  const act = ownKey(event.key) || (Object.hasOwn(KEYS, event.key) ? KEYS[event.key] : null);
  if (!act || event.defaultPrevented || event.isComposing || keysDialog.open || !keysSwitch.checked) return;
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest(TYPING)) return;
  if (event.key.startsWith("Arrow") && !document.activeElement.closest("[data-row]:not([tabindex])")) return; // scrolls
  event.preventDefault();
  act();
});
