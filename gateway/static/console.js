/* What the console does better with script. Every act works without it. */
"use strict";

/* Time: the gateway's, never this computer's. It goes on by the monotonic clock, which some computers stop while they
   sleep: whenever the two clocks have gone different ways, or the page comes back, the gateway is asked again. */
let serverNow = Date.parse(document.body.dataset.now);
let heardAt = performance.now();
let computerAt = Date.now();
let doubtful = false;
const DRIFT = 3000;

function gatewayTime() {
  return serverNow + (performance.now() - heardAt);
}

async function askClock(patience) {
  const answer = await fetch("/clock", { cache: "no-store", signal: AbortSignal.timeout(patience) });
  if (!answer.ok) throw new Error("the gateway answers " + answer.status);
  serverNow = Date.parse((await answer.json()).now);
  heardAt = performance.now();
  computerAt = Date.now();
  doubtful = false;
}

function clocksPart() {
  return Math.abs((Date.now() - computerAt) - (performance.now() - heardAt)) > DRIFT;
}

let asking = false;
async function checkTime() {
  doubtful = true;
  if (asking) return;
  asking = true;
  await askClock(4000).catch(() => {});
  asking = false;
  showCountdowns();
}

/* The same words as `span` in gateway/console/wording.py. */
function span(milliseconds) {
  const total = Math.floor(Math.abs(milliseconds) / 1000);
  const days = Math.floor(total / 86400);
  const hours = Math.floor((total % 86400) / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = total % 60;
  if (days) return days + "天" + hours + "小时";
  if (hours) return hours + "小时" + minutes + "分" + seconds + "秒";
  return minutes ? minutes + "分" + seconds + "秒" : seconds + "秒";
}

function showCountdowns() {
  for (const mark of document.querySelectorAll("[data-due]")) {
    const left = Date.parse(mark.dataset.due) - gatewayTime();
    mark.textContent = (left < 0 ? "已超时 " : "剩余 ") + span(left) + (doubtful ? "（正在与网关对时）" : "");
    mark.className = "countdown " + (left < 0 ? "over" : left < 3600000 ? "near" : "calm");
  }
}
showCountdowns();
setInterval(() => {
  if (doubtful || clocksPart()) checkTime();
  showCountdowns();
}, 1000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) checkTime(); });
window.addEventListener("pageshow", (event) => { if (event.persisted) checkTime(); });

/* Typed text is kept on this computer until the gateway has it; under the person's id, and gone after signing out. */
const PREFIX = "chengbao:";
const person = document.body.dataset.person || "";
const CHOSEN = new Set(["radio", "checkbox"]);

function keptFields(box) {
  return [...box.querySelectorAll("input:not([type=hidden], [type=file]), select, textarea")];
}

function keepText(box) {
  const values = {};
  for (const field of keptFields(box)) {
    if (CHOSEN.has(field.type)) {
      if (field.checked) values[field.name] = field.value;
    } else {
      values[field.name] = field.value;
    }
  }
  localStorage.setItem(keyOf(box), JSON.stringify(values));
}

function keyOf(box) {
  return PREFIX + person + ":" + box.dataset.keep;
}

function fillIn(box, values) {
  for (const field of keptFields(box)) {
    if (!(field.name in values)) continue;
    if (CHOSEN.has(field.type)) field.checked = field.value === values[field.name];
    else field.value = values[field.name];
  }
}

function differs(box, values) {
  return keptFields(box).some((field) =>
    !CHOSEN.has(field.type) && field.name in values && values[field.name] !== field.value && values[field.name] !== "");
}

function offerKept(box) {
  let values;
  try {
    values = JSON.parse(localStorage.getItem(keyOf(box)) || "null");
  } catch {
    values = null;
  }
  if (!values || !differs(box, values)) return;
  const bar = document.createElement("div");
  bar.className = "notice warn";
  bar.setAttribute("role", "status");
  bar.append("这台电脑上还有一份没有提交成功的文字。 ");
  const take = document.createElement("button");
  take.type = "button";
  take.className = "small";
  take.textContent = "恢复这份文字";
  take.addEventListener("click", () => {
    fillIn(box, values);
    bar.remove();
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const drop = document.createElement("button");
  drop.type = "button";
  drop.className = "small quiet";
  drop.textContent = "不要了";
  drop.addEventListener("click", () => { localStorage.removeItem(keyOf(box)); bar.remove(); });
  bar.append(take, " ", drop);
  box.before(bar);
}

for (const box of document.querySelectorAll("[data-keep]")) {
  offerKept(box);
  box.addEventListener("input", () => keepText(box));
  sessionStorage.setItem(PREFIX + "writing", keyOf(box));
}
/* A page that is no form follows a form: the gateway has what was sent. */
if (!document.querySelector("[data-keep]") && document.querySelector(".flash")) {
  const sent = sessionStorage.getItem(PREFIX + "sent");
  if (sent) localStorage.removeItem(sent);
}
for (const box of document.querySelectorAll("[data-keep]")) {
  if (document.querySelector(".flash")) localStorage.removeItem(sessionStorage.getItem(PREFIX + "sent") || "");
}
sessionStorage.removeItem(PREFIX + "sent");
if (document.querySelector("[data-signed-out]")) {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith(PREFIX) && !name.includes(":outbox:")) localStorage.removeItem(name);
  }
}

/* A form that holds text and is not kept by outbox.js asks first whether the gateway is there: a page that is left for an error page is lost. */
function offline(away) {
  const notice = document.getElementById("offline");
  notice.hidden = !away;
  if (away) notice.scrollIntoView({ block: "center" });
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const box = form.querySelector("[data-keep]");
  if (form.dataset.asked || form.method !== "post" || form.dataset.outbox !== undefined) return;
  if (!box && !form.querySelector("textarea")) {
    holdButtons(form);
    return;
  }
  event.preventDefault();
  if (box) keepText(box);
  try {
    await askClock(4000);
  } catch {
    offline(true);
    return;
  }
  offline(false);
  if (box) sessionStorage.setItem(PREFIX + "sent", keyOf(box));
  form.dataset.asked = "yes";
  form.requestSubmit(event.submitter || undefined);
  holdButtons(form);
});

/* A second click does nothing; that two clicks are one act is the key's work, not the script's. */
function holdButtons(form) {
  setTimeout(() => {
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  }, 0);
}

window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.forms) delete form.dataset.asked;
  for (const button of document.querySelectorAll("button")) button.disabled = false;
});
window.addEventListener("online", () => offline(false));
window.addEventListener("offline", () => offline(true));
