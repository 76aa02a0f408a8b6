/* The open form saves itself a few seconds after the last keystroke, as its button 只保存 would. Nothing is lost on the
   way: what is not saved yet is kept on this device, and a round that nobody answered is sent again, unchanged and
   under its own number, before a newer text goes. Somebody else's save in between stops it; both texts are shown. */
"use strict";

{
  const QUIET = 3000;
  const FIRST_RETRY = 3000;
  const LONGEST_RETRY = 60000;
  const CARRIER = new Set(["csrf_token", "key", "version"]);
  const form = document.querySelector("form[data-autosave]");
  const box = form?.querySelector("[data-keep]");
  const status = document.getElementById("autosave");
  let saved = form && textNow();
  let refused = null;
  let round = 0;
  let pending = null;
  let flight = null;
  let failures = 0;
  let stopped = false;
  let timer = 0;
  let token = pageToken;

  if (form) {
    status.hidden = false;
    if (form.dataset.autosave === "typed") saved = null;
    if (document.getElementById("conflict")) pause("已暂停自动保存，请先在上面选择。");
    form.addEventListener("input", () => soon(QUIET));
    window.addEventListener("online", () => soon(0));
    document.addEventListener("visibilitychange", () => { if (document.hidden || pending) soon(0); });
    document.addEventListener("submit", standAside, true);
    document.addEventListener("click", (event) => {
      if (event.target.closest("[data-take-theirs]")) localStorage.removeItem(keyOf(box));
    });
  }

  /* Without files, which go with the button: a film would be sent again with every pause in typing. */
  function fieldsNow() {
    return [...new FormData(form)].filter(([name, value]) => name !== "csrf_token" && typeof value === "string");
  }

  function textNow() {
    return JSON.stringify(fieldsNow().filter(([name]) => !CARRIER.has(name)));
  }

  function soon(pause) {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(saveNow, pause);
  }

  function saveNow() {
    if (stopped || flight) return;
    if (!pending) {
      const text = textNow();
      if (text === saved || text === refused) return;
      if (!form.elements.title.value.trim() || !form.elements.body.value.trim()) {
        say("填好标题和正文后开始自动保存；" + onDevice());
        return;
      }
      round += 1;
      pending = { round, text, fields: fieldsNow() };
    }
    flight = send(pending).finally(() => { flight = null; });
  }

  async function send(act) {
    try {
      token ||= await askToken();
      const answer = await fetch(form.getAttribute("action") + "/autosave", {
        method: "POST", headers: SENT_HEADERS, cache: "no-store", signal: AbortSignal.timeout(PATIENCE),
        body: new URLSearchParams([...act.fields, ["round", act.round], ["csrf_token", token]]),
      });
      await heard(act, answer);
    } catch (trouble) {
      away(trouble instanceof SignedOut ? "登录已过期，重新登录后自动保存；" : "离线，");
    }
  }

  /* Only the gateway's own word counts, as in outbox.js. */
  async function heard(act, answer) {
    const ours = answer.headers.has("X-Correlation-Id");
    if (!ours || answer.status >= 500 || answer.status === 429) return away("离线，");
    const said = await answer.json();
    if (answer.ok) return took(act, said);
    if (answer.status === 401) return away("登录已过期，重新登录后自动保存；");
    if (said.type === "/problems/cross-site" || said.type === "/problems/still-running") {
      token = null;
      return away("离线，");
    }
    pending = null;
    if (answer.status === 412) return showBoth();
    refused = act.text;
    const why = "不能自动保存：" + said.detail + onDevice();
    if (answer.status === 409) pause(why);
    else say(why, "bad");
  }

  function took(act, said) {
    const rest = failures ? 0 : QUIET;
    pending = refused = null;
    failures = 0;
    saved = act.text;
    localStorage.removeItem(keyOf(box));
    carry(said);
    if (textNow() === saved) return say("已自动保存 " + said.saved_at);
    keepText(box);
    return soon(rest);
  }

  /* From now on the form changes this draft, from this version on. */
  function carry(said) {
    let version = form.elements.version;
    if (!version) {
      version = Object.assign(document.createElement("input"), { type: "hidden", name: "version" });
      form.append(version);
    }
    version.value = said.version;
    box.dataset.keep = said.draft_id;
    if (form.getAttribute("action") === said.address) return;
    form.setAttribute("action", said.address);
    history.replaceState(null, "", said.address);
  }

  function pause(why) {
    stopped = true;
    say(why, "bad");
  }

  function away(why) {
    failures += 1;
    say(why + onDevice());
    soon(Math.min(FIRST_RETRY * 2 ** (failures - 1), LONGEST_RETRY));
  }

  function onDevice() {
    try {
      keepText(box);
      return "已存在本机";
    } catch {
      return "本机也存不下，请不要关闭本页";
    }
  }

  function say(words, tone = "") {
    status.className = "hint " + tone;
    if (status.textContent !== words) status.textContent = words;
  }

  async function showBoth() {
    pause("这份稿件已有新的一版，已暂停自动保存；" + onDevice());
    const answer = await fetch(form.getAttribute("action") + "/comparison", {
      method: "POST", body: new URLSearchParams([...fieldsNow(), ["csrf_token", token]]), signal: AbortSignal.timeout(PATIENCE),
    });
    if (!answer.ok) return;
    document.getElementById("conflict")?.remove();
    form.closest(".split").insertAdjacentHTML("beforebegin", await answer.text());
    const panel = document.getElementById("conflict");
    if (!panel) return;
    form.elements.version.value = panel.dataset.version;
    panel.focus();
  }

  /* The button waits for a round under way, which would make the button's own version a stale one. */
  function standAside(event) {
    if (event.target !== form) return;
    const submitter = event.submitter;
    if (flight) {
      event.preventDefault();
      event.stopImmediatePropagation();
      flight.then(() => { if (!stopped) form.requestSubmit(submitter); }); /* nobody's text is replaced unseen */
      return;
    }
    stopped = true;
    clearTimeout(timer);
  }
}
