// The pages that ask and answer, without a server. Forms and links are given to a worker, which
// answers by the same Python as `sysgraph serve`; the first screens are kept ready, so that the
// page asks while that is loaded. Nothing that is said leaves this browser: coded answers stand
// behind the # of the address, and a person's own words in no address at all.
const ROOT = new URL("..", import.meta.url);
const FILES = { "ask.html": "/ask", "ask/next.html": "/ask/next", "answer.html": "/answer" };
const KEPT = "sysgraph-words", PLACE = "sysgraph-place";
const SOON = 400; // milliseconds after which somebody is told to wait

const read = (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };
const write = (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* not kept */ } };
let words = read(KEPT) || {};
const keep = (told) => { words = told; write(KEPT, told); };

const main = document.querySelector("main");
const state = document.querySelector("#loading");
const line = state.querySelector("[role=status]");
const tell = (what) => { line.textContent = what ? state.dataset[what] : ""; };

// What stands around the text was made for the file that was opened, and others are shown below it.
for (const one of document.querySelectorAll("link[href], body > header a[href]")) one.href = new URL(one.getAttribute("href"), document.baseURI);

// The worker, and what it is asked.
const asked = new Map();
let ready = false, broken = false, count = 0;
const worker = begin();
const screens = fetch(new URL("first.json", import.meta.url)).then((reply) => (reply.ok ? reply.json() : {}), () => ({}));

function begin() {
  try {
    if (typeof WebAssembly !== "object") throw new Error("WebAssembly");
    const made = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    made.onmessage = ({ data }) => {
      if (data.ready) { ready = true; tell(""); offline(); return; }
      if (data.id === undefined) { fail(); return; }
      const { resolve, reject } = asked.get(data.id);
      asked.delete(data.id);
      if (data.failed) reject(new Error(data.failed)); else resolve(data);
    };
    made.onerror = fail;
    return made;
  } catch { queueMicrotask(fail); return null; }
}

function fail() {
  broken = true;
  tell("failed");
  document.querySelector("#instead").hidden = false;
  main.removeAttribute("aria-busy");
  for (const { reject } of asked.values()) reject(new Error("failed"));
  asked.clear();
}

function put(address, { method = "GET", headers = {}, body = null } = {}) {
  if (broken) return Promise.reject(new Error("failed"));
  const id = ++count;
  return new Promise((resolve, reject) => {
    asked.set(id, { resolve, reject });
    worker.postMessage({ id, method, address, headers, body });
  });
}

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const withWords = () => ({ method: "POST", headers: FORM, body: new TextEncoder().encode(new URLSearchParams(words)) });

async function find(address, sent) {
  for (let at = address, given = sent, step = 0; step < 5; step++) {
    const first = given ? undefined : (await screens)[at];
    if (first) return first;
    const own = at.startsWith("/answer") && Object.keys(words).length;
    const found = await put(at, given || (own ? withWords() : undefined));
    if (!found.leads) return found;
    [at, given] = [found.leads, undefined];
  }
  throw new Error("leads nowhere");
}

// Addresses.
function wanted(link) {
  const to = new URL(link, document.baseURI);
  if (to.origin !== ROOT.origin || !to.pathname.startsWith(ROOT.pathname)) return "";
  const name = to.pathname.slice(ROOT.pathname.length);
  const own = FILES[name] || FILES[`${name}.html`]; // some servers give a page by its bare name
  if (!own) return "";
  if (to.hash.startsWith("#/")) return to.hash.slice(1);
  return own + (to.hash.startsWith("#?") ? to.hash.slice(1) : to.search);
}

// Showing.
let latest = 0;
async function go(address, { sent, stay = false, quiet = false } = {}) {
  const mine = ++latest;
  main.setAttribute("aria-busy", "true");
  const slow = setTimeout(() => tell(ready ? "working" : "waiting"), SOON);
  try {
    const found = await find(address, sent);
    if (mine !== latest) return;
    if (found.savedAs) save(found);
    else show(found, { sent, stay, quiet });
  } catch (error) {
    if (!broken && mine === latest) { tell("wrong"); console.error(error); }
  } finally {
    clearTimeout(slow);
    if (mine === latest) main.removeAttribute("aria-busy");
    if (ready && !broken && mine === latest && line.textContent === state.dataset.working) tell("");
  }
}

const text = (found) => (typeof found.body === "string" ? found.body : new TextDecoder().decode(found.body));

function show(found, { sent, stay, quiet }) {
  const page = new DOMParser().parseFromString(text(found), "text/html");
  const question = sent && page.querySelector("form.question");
  if (question) { // answers were taken up from a file: from now on they stand in the address
    takeWords(page);
    const given = [...question.querySelectorAll("input[type=hidden]:not(.words)")];
    go(`/ask/next?${new URLSearchParams(given.map((one) => [one.name, one.value]))}`);
    return;
  }
  const to = new URL(found.at, ROOT);
  if (stay) history.replaceState(null, "", to);
  else if (to.href !== location.href) history.pushState(null, "", to);
  document.title = page.title;
  document.documentElement.lang = page.documentElement.lang;
  dress(page);
  main.replaceChildren(...document.importNode(page.querySelector("main"), true).childNodes);
  document.querySelector("body > footer").replaceWith(document.importNode(page.querySelector("footer"), true));
  if (quiet) return;
  if (!stay) scrollTo(0, 0);
  const heading = main.querySelector("h1");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

function takeWords(page) {
  const carried = [...page.querySelectorAll("input.words")];
  if (carried.length) keep({ ...words, ...Object.fromEntries(carried.map((one) => [one.name, one.value])) });
}

function dress(page) {
  takeWords(page);
  for (const one of page.querySelectorAll("form.texts input")) if (words[one.name]) one.setAttribute("value", words[one.name]);
  for (const one of page.querySelectorAll("[data-words]")) {
    const said = words[one.dataset.words];
    if (said) { one.querySelector("span").textContent = said; one.hidden = false; }
  }
  if (navigator.clipboard) for (const one of page.querySelectorAll(".copy")) one.hidden = false;
  const link = page.querySelector("#link");
  const begins = `${ROOT.href}answer?`;
  if (link?.value.startsWith(begins)) link.setAttribute("value", `${ROOT.href}answer.html#?${link.value.slice(begins.length)}`);
  for (const one of page.querySelectorAll("img[src^='/answer.svg']")) {
    const address = one.getAttribute("src");
    one.removeAttribute("src");
    one.dataset.drawn = address;
    put(address).then((found) => {
      for (const shown of main.querySelectorAll("img[data-drawn]")) {
        if (shown.dataset.drawn === address) shown.src = `data:image/svg+xml,${encodeURIComponent(text(found))}`;
      }
    }, () => { /* its words stand beside it */ });
  }
  if (/^#[?/]/.test(location.hash)) write(PLACE, location.pathname + location.hash);
}

function save(found) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([found.body], { type: found.media }));
  link.download = found.savedAs;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// What people do.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (link && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button)) follow(event, link);
  const button = event.target.closest("button.copy");
  const from = button && document.getElementById(button.dataset.copy);
  if (from) navigator.clipboard.writeText(from.value).then(() => { button.setAttribute("data-done", ""); from.select(); });
});

function follow(event, link) {
  const href = link.getAttribute("href");
  if (href.startsWith("#")) { // what stands behind the # is what was answered, and stays there
    const part = document.getElementById(href.slice(1));
    if (!part) return;
    event.preventDefault();
    part.tabIndex = -1;
    part.focus();
    return;
  }
  const address = wanted(href);
  if (!address || broken) return;
  event.preventDefault();
  go(address);
}

document.addEventListener("submit", (event) => {
  const form = event.target, address = wanted(form.getAttribute("action"));
  if (!address || broken) return;
  event.preventDefault();
  const [path, query = ""] = address.split("?");
  if (form.matches(".texts")) {
    const said = [...form.querySelectorAll("input")].map((one) => [one.name, one.value.trim()]);
    keep(Object.fromEntries(said.filter((pair) => pair[1])));
    go(`/ask/next${query && `?${query}`}`);
    return;
  }
  if (form.querySelector("textarea, input[type=file]")) { sendWhole(form, address); return; }
  const own = new Set([...form.querySelectorAll("input.words")].map((one) => one.name));
  const told = new URLSearchParams(form.method === "post" ? query : "");
  for (const [name, value] of new FormData(form)) if (value && !own.has(name)) told.append(name, value);
  go(`${path}${`${told}` && `?${told}`}`);
});

async function sendWhole(form, address) {
  const packed = new Response(new FormData(form));
  const headers = { "content-type": packed.headers.get("content-type") };
  go(address, { sent: { method: "POST", headers, body: new Uint8Array(await packed.arrayBuffer()) } });
}

document.addEventListener("change", (event) => {
  const form = event.target.closest(".change form");
  if (form) form.requestSubmit(); // an answer is changed as soon as it is chosen
});

addEventListener("popstate", () => {
  const address = wanted(location.href);
  if (address) go(address, { stay: true });
});

// Kept for where there is no network, once all of it has been here.
async function offline() {
  if (!navigator.serviceWorker) return;
  try {
    await navigator.serviceWorker.register(new URL("offline.js", ROOT), { scope: ROOT.pathname });
    await navigator.serviceWorker.ready;
    state.dataset.offline = "yes";
  } catch { /* it works as before, with a network */ }
}

const begun = wanted(location.href);
if (!ready) tell("waiting");
if (location.hash || location.search || begun === "/answer") go(begun, { stay: true, quiet: true });
else dress(document);
