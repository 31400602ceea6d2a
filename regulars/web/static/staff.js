// Taps are kept on the phone first and sent when there is network: each with its key, so that it arrives once.
const main = document.querySelector("main[data-sync]");
const QUEUE = "regulars.taps";
let sending = false;

function kept() {
  try { return JSON.parse(localStorage.getItem(QUEUE)) || []; } catch { return []; }
}
function keep(taps) {
  localStorage.setItem(QUEUE, JSON.stringify(taps));
  tell();
}
function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (each) => each.toString(16).padStart(2, "0")).join("");
}
function tell(sentence) {
  const net = document.querySelector(".net");
  const count = kept().length;
  net.textContent = sentence || (count ? `${count} · ${main.dataset.waits}` : "");
  net.hidden = !net.textContent;
}
function mark(key, text) {
  const place = document.querySelector(`[data-key="${key}"]`);
  if (place) place.textContent = text;
}

async function send() {
  const taps = kept().slice(0, 100);
  if (sending || !taps.length) { tell(); return; }
  sending = true;
  try {
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const answer = await fetch(main.dataset.sync, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify({ taps }),
    });
    if (answer.redirected || !answer.ok) { tell(main.dataset.login); return; }
    const { answers } = await answer.json();
    const known = new Map(answers.map((each) => [each.key, each.why]));
    keep(kept().filter((tap) => !known.has(tap.key)));
    for (const [key, why] of known) mark(key, why ? `${main.dataset.lost}: ${why}` : main.dataset.sent);
  } catch {
    tell();  // no network: they wait, in the order they were tapped
  } finally {
    sending = false;
  }
  if (navigator.onLine && kept().length) setTimeout(send, 5000);
}

function outcome(form, key) {
  const line = document.createElement("span");
  line.className = "outcome";
  line.dataset.key = key;
  line.setAttribute("role", "status");
  line.textContent = main.dataset.waits;
  form.append(line);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-tap]")) return;
  event.preventDefault();
  const tap = Object.fromEntries(new FormData(form, event.submitter));
  delete tap.csrfmiddlewaretoken;
  tap.key = newKey();
  tap.at = new Date().toISOString();
  for (const old of form.querySelectorAll(".outcome")) old.remove();
  outcome(form, tap.key);
  if ("again" in form.dataset) {
    form.reset();
  } else {
    for (const button of form.querySelectorAll("button")) button.disabled = true;
    form.closest("article").classList.add("gone");
  }
  keep([...kept(), tap]);
  send();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-open]");
  if (!button) return;
  const words = document.getElementById(button.dataset.open);
  words.hidden = !words.hidden;
  button.setAttribute("aria-expanded", String(!words.hidden));
  if (!words.hidden) words.querySelector("textarea").focus();
});

window.addEventListener("online", send);
setInterval(() => { if (navigator.onLine) send(); }, 15000);
if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register(main.dataset.worker, { scope: "/staff/" });
  const needed = () => ["/staff/", ...[...document.querySelectorAll("link[href], script[src]")].map((each) => each.href || each.src)];
  const keepPage = async () => { for (const each of needed()) await fetch(each).catch(() => null); document.body.dataset.kept = "true"; };
  if (navigator.serviceWorker.controller) document.body.dataset.kept = "true";  // it kept this page as it came
  else navigator.serviceWorker.addEventListener("controllerchange", keepPage, { once: true });
}
send();
