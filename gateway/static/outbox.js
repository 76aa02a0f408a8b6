/* What could not reach the gateway stays on this device and is sent again by itself, with the key of its form: one act
   however often it is sent. Nothing is shown as received before the gateway's answer. Without script the browser sends
   the form as ever, and promises nothing. */
"use strict";

const OUTBOX = ":outbox:";
const SAVED = "网络中断，已保存在本机，恢复后自动发送；尚未报到。";
const SIGN_IN = "登录已过期，内容保存在本机，尚未报到。重新登录后自动发送。";
const SENT_HEADERS = { "X-Chengbao-Outbox": "1" };
const PATIENCE = 15000;
const FIRST_PAUSE = 2000;
const LONGEST_PAUSE = 60000;
const MOST_ATTEMPTS = 50;
const ownOutbox = PREFIX + person + OUTBOX;
const pageToken = document.querySelector("[name=csrf_token]")?.value;
const timers = new Map();
const forms = new Map();

/* The act as kept: key, action, fields, what it is called, the attempts' times, and how it stands:
   waiting, refused (with `why`), or done (with `location`). */
function keptActs() {
  const found = [];
  for (const name of Object.keys(localStorage)) {
    if (!name.startsWith(ownOutbox)) continue;
    try {
      found.push(JSON.parse(localStorage.getItem(name)));
    } catch {
      continue; /* not written by us: left alone */
    }
  }
  return found.sort((one, other) => one.attempts[0] < other.attempts[0] ? -1 : 1);
}

function keepAct(act) {
  localStorage.setItem(ownOutbox + act.key, JSON.stringify(act));
}

function dropAct(act) {
  clearTimeout(timers.get(act.key));
  localStorage.removeItem(ownOutbox + act.key);
}

/* Another page of this person may have sent it meanwhile, or given it up. */
function asKept(act) {
  return JSON.parse(localStorage.getItem(ownOutbox + act.key) || "null");
}

function stillWaiting(act) {
  return asKept(act)?.state === "waiting";
}

function actOf(form, button) {
  const data = new FormData(form);
  if (button && button.name) data.set(button.name, button.value);
  const fields = [...data].filter(([name]) => name !== "csrf_token");
  const title = form.querySelector("[name=title]")?.value || "";
  const box = form.querySelector("[data-keep]");
  return {
    key: data.get("key"), action: form.getAttribute("action"), fields, attempts: [], state: "waiting", why: "",
    name: form.dataset.outbox + (title ? "《" + title + "》" : ""), keep: box ? keyOf(box) : null,
  };
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.outbox === undefined || event.submitter?.hasAttribute("formaction")) return; /* to check is no act to keep */
  const act = actOf(form, event.submitter);
  try {
    keepAct(act);
  } catch {
    return; /* no room on this device: the browser sends it as it is */
  }
  event.preventDefault();
  if (act.keep) localStorage.removeItem(act.keep);
  form.inert = true;
  forms.set(act.key, form);
  sendAct(act, pageToken);
});

const onTheirWay = new Set();

async function sendAct(act, token) {
  clearTimeout(timers.get(act.key));
  if (onTheirWay.has(act.key)) return;
  if (stillWaiting(act)) {
    onTheirWay.add(act.key);
    await attempt(act, token, token === pageToken);
    onTheirWay.delete(act.key);
  }
  showOutbox();
}

async function attempt(act, token, mayBeStale) {
  const earlier = act.attempts;
  act.attempts = [...earlier, new Date(gatewayTime()).toISOString()];
  keepAct(act);
  try {
    const known = token || await askToken();
    const answer = await fetch(act.action, {
      method: "POST", headers: SENT_HEADERS, cache: "no-store", signal: AbortSignal.timeout(PATIENCE),
      body: new URLSearchParams([...act.fields, ["csrf_token", known], ["attempts", JSON.stringify(stated(earlier))]]),
    });
    if (stillWaiting(act)) await settle(act, answer, known, mayBeStale);
  } catch (trouble) {
    if (stillWaiting(act)) wait(act, trouble instanceof SignedOut ? SIGN_IN : SAVED, 0);
  }
  if (!earlier.length && act.why) tellAtOnce();
}

function tellAtOnce() {
  showOutbox();
  document.getElementById("outbox").scrollIntoView({ block: "center" });
}

function stated(attempts) {
  const half = MOST_ATTEMPTS / 2;
  return attempts.length > MOST_ATTEMPTS ? [...attempts.slice(0, half), ...attempts.slice(-half)] : attempts;
}

class SignedOut extends Error {}

/* A fresh anti-forgery token, and whether it is still this person who is signed in: another account sends nothing. */
async function askToken() {
  const answer = await fetch("/outbox", { headers: SENT_HEADERS, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
  if (answer.status === 401) throw new SignedOut();
  if (!answer.ok) throw new Error("the gateway answers " + answer.status);
  const pass = await answer.json();
  if (pass.person !== person) throw new SignedOut();
  return pass.csrf_token;
}

/* Only the gateway's own word counts: a page of a hotel's or a provider's network is no answer. */
async function settle(act, answer, token, mayBeStale) {
  const ours = answer.headers.has("X-Correlation-Id");
  const problem = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
  if (ours && answer.ok && problem.location) return finish(act, problem.location);
  if (ours && answer.status === 401) return wait(act, SIGN_IN, 0);
  if (ours && mayBeStale && problem.type === "/problems/cross-site") return attempt(act, null, false);
  const undecided = answer.status >= 500 || answer.status === 429 || problem.type === "/problems/still-running";
  if (!ours || answer.ok || undecided) return wait(act, SAVED, Number(answer.headers.get("Retry-After")) * 1000 || 0);
  return refuse(act, problem.detail || "网关没有接受这份内容。", token);
}

function finish(act, place) {
  if (forms.has(act.key)) {
    dropAct(act);
    location.assign(place);
    return;
  }
  keepAct({ ...act, fields: [], state: "done", location: place });
}

function refuse(act, why, token) {
  Object.assign(act, { state: "refused", why });
  keepAct(act);
  if (forms.has(act.key)) openRefused(act, token);
}

/* The act once more as the browser would send it: the same key brings the same refusal, on the form with every word. */
async function openRefused(act, token) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = act.action;
  for (const [name, value] of [...act.fields, ["csrf_token", token || await askToken()]]) {
    const field = document.createElement("textarea");
    Object.assign(field, { name, value });
    form.append(field);
  }
  form.hidden = true;
  document.body.append(form);
  giveTextBack(act);
  dropAct(act);
  form.submit();
}

function giveTextBack(act) {
  if (act.keep) localStorage.setItem(act.keep, JSON.stringify(Object.fromEntries(act.fields)));
}

function wait(act, why, asked) {
  const pause = Math.max(asked, Math.min(FIRST_PAUSE * 2 ** (act.attempts.length - 1), LONGEST_PAUSE));
  act.why = why;
  keepAct(act);
  clearTimeout(timers.get(act.key));
  timers.set(act.key, setTimeout(() => sendAct(act, null), pause));
}

function sendWaiting() {
  for (const act of keptActs()) if (act.state === "waiting" && person) sendAct(act, null);
}

/* How it stands, on every page of this person. */
function showOutbox() {
  const bar = document.getElementById("outbox");
  const acts = keptActs().filter((act) => act.state !== "waiting" || act.why);
  bar.replaceChildren(...(person ? acts.map(shownAct) : strangersNote()));
  bar.hidden = !bar.hasChildNodes();
}

/* Nobody is signed in: what lies here is told without a word of whose it is or what it says. */
function strangersNote() {
  const lying = Object.keys(localStorage).some((name) => name.startsWith(PREFIX) && name.includes(OUTBOX));
  if (!lying || document.querySelector("[data-signed-out]")) return [];
  const note = textOf("p", "本机有尚未报到的内容，由本人登录后自动发送。");
  note.className = "notice warn";
  return [note];
}

const SHOWN = {
  waiting: (act) => [
    textOf("strong", act.why), textOf("p", act.name), attemptsOf(act), phoneLine(),
    rowOf(act.why === SIGN_IN ? linkOf("重新登录", "/login?next=" + encodeURIComponent(location.pathname)) : "",
      buttonOf("立即再试", () => sendAct(act, null)), buttonOf("放弃", () => giveUp(act), "quiet")),
  ],
  refused: (act) => [
    textOf("strong", "网关没有接受：" + act.why), textOf("p", act.name), attemptsOf(act),
    rowOf(buttonOf("打开修改", () => openRefused(act)), buttonOf("放弃", () => giveUp(act), "quiet")),
  ],
  done: (act) => [
    textOf("strong", "网关已收下："), textOf("span", act.name), attemptsOf(act),
    rowOf(buttonOf("查看结果", () => { dropAct(act); location.assign(act.location); }, "primary")),
  ],
};

function shownAct(act) {
  const item = document.createElement("div");
  item.className = "notice " + { waiting: "warn", refused: "bad", done: "good" }[act.state];
  item.append(...SHOWN[act.state](act));
  return item;
}

function giveUp(act) {
  const words = "放弃后不再发送。它尚未收到回执；如果其中一次其实已经送达，稿件里会有这份内容，请核对。确定放弃吗？";
  if (!confirm(words)) return;
  giveTextBack(act);
  dropAct(act);
  location.reload();
}

function attemptsOf(act) {
  const list = document.createElement("details");
  list.append(textOf("summary", "已试 " + act.attempts.length + " 次"));
  for (const attempt of act.attempts) list.append(textOf("p", beijingTime(attempt) + " 试发"));
  return list;
}

function beijingTime(instant) {
  return new Date(instant).toLocaleString("sv-SE", { timeZone: "Asia/Shanghai" });
}

function phoneLine() {
  const phone = document.getElementById("outbox").dataset.phone;
  const whom = phone ? "拨打值班电话 " + phone + " " : "用电话向市政府值班室";
  return textOf("p", "紧急信息请先" + whom + "口头报告。");
}

function textOf(tag, words) {
  const made = document.createElement(tag);
  made.textContent = words;
  return made;
}

function rowOf(...parts) {
  const row = document.createElement("p");
  row.className = "actions";
  row.append(...parts);
  return row;
}

function linkOf(words, place) {
  const link = textOf("a", words);
  link.className = "button small";
  link.href = place;
  return link;
}

function buttonOf(words, deed, tone = "") {
  const button = textOf("button", words);
  button.type = "button";
  button.className = "small " + tone;
  button.addEventListener("click", deed);
  return button;
}

/* Signing out clears this person's unsent acts from the device, after a warning. Others' stay. */
document.addEventListener("submit", (event) => {
  if (event.target.getAttribute("action") !== "/logout") return;
  const waiting = keptActs().filter((act) => act.state === "waiting").length;
  const words = "本机还有 " + waiting + " 件没有报到的内容，退出后将从本机清除，不再发送。确定退出吗？";
  if (waiting && !confirm(words)) {
    event.preventDefault();
    event.stopPropagation();
    return;
  }
  sessionStorage.setItem(PREFIX + "leaving", ownOutbox);
}, true);

if (document.querySelector("[data-signed-out]")) {
  const leaving = sessionStorage.getItem(PREFIX + "leaving");
  for (const name of Object.keys(localStorage)) if (leaving && name.startsWith(leaving)) localStorage.removeItem(name);
}

/* Another page of this person has news. */
window.addEventListener("storage", () => {
  for (const key of forms.keys()) {
    const act = asKept({ key });
    if (act?.location) finish(act, act.location);
  }
  showOutbox();
});
window.addEventListener("online", sendWaiting);
document.addEventListener("visibilitychange", () => { if (!document.hidden) sendWaiting(); });
showOutbox();
sendWaiting();
