/* Pasted text is cleaned by the gateway, and the writer is told what was changed and may take it back. Without script
   or network it stays as it was pasted. */
"use strict";

{
  const QUICK = 5000;
  const token = document.querySelector("[name=csrf_token]")?.value;

  for (const box of document.querySelectorAll("[data-keep]")) {
    box.addEventListener("paste", (event) => {
      const field = event.target;
      const pasted = event.clipboardData?.getData("text/plain").replace(/\r\n?/g, "\n");
      if (!pasted || field.type !== "text" && field.tagName !== "TEXTAREA") return;
      const room = field.maxLength - field.value.length + (field.selectionEnd - field.selectionStart);
      if (field.maxLength > 0 && pasted.length > room) {
        event.preventDefault();
        tell(field, "粘贴的文字有 " + pasted.length + " 字，这里还能写 " + room + " 字，没有粘入。请删减后再粘贴。");
        return;
      }
      if (field.tagName === "TEXTAREA") cleanAfter(field, field.selectionStart, pasted);
    });
  }

  async function cleanAfter(field, start, pasted) {
    let cleaned;
    try {
      const answer = await fetch("/v1/texts/cleaning", {
        method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token },
        body: JSON.stringify({ text: pasted }), signal: AbortSignal.timeout(QUICK),
      });
      if (!answer.ok) return;
      cleaned = await answer.json();
    } catch {
      return;
    }
    if (cleaned.changes.length && exchange(field, start, pasted, cleaned.text)) {
      const notes = cleaned.changes.map((change) => change.note_zh).join("；");
      tell(field, "粘贴的文字已清理：" + notes + "。", () => exchange(field, start, cleaned.text, pasted));
    }
  }

  /* Only where the text still stands as it was put there. */
  function exchange(field, start, old, fresh) {
    if (field.value.slice(start, start + old.length) !== old) return false;
    field.setRangeText(fresh, start, start + old.length, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    return true;
  }

  function tell(field, words, undo) {
    const place = field.parentElement;
    place.querySelector(".pasted")?.remove();
    const note = textOf("p", words + " ");
    note.className = "hint pasted";
    note.setAttribute("role", "status");
    if (undo) note.append(buttonOf("撤销清理", () => { undo(); note.remove(); }));
    place.append(note);
  }
}
