// Keeps what asks and answers for where there is no network: all of one release, or nothing.
"use strict";
const FILES = {}; // names, with the SHA-256 of each
const RELEASE = "";
const ROOT = new URL(".", self.location.href);
const OURS = `sysgraph ${ROOT.pathname} `, KEPT = OURS + RELEASE;

async function fetched(name) {
  const reply = await fetch(new URL(name, ROOT), { cache: "no-cache" });
  const digest = await crypto.subtle.digest("SHA-256", await reply.clone().arrayBuffer());
  const told = Array.from(new Uint8Array(digest), (one) => one.toString(16).padStart(2, "0")).join("");
  if (!reply.ok || told !== FILES[name]) throw new Error(`${name} is of another release`);
  return [name, reply];
}

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const found = await Promise.all(Object.keys(FILES).map(fetched));
    const cache = await caches.open(KEPT);
    await Promise.all(found.map(([name, reply]) => cache.put(new URL(name, ROOT), reply)));
    // Whoever reads an older release has it in memory, and reads it to its end.
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const old = (await caches.keys()).filter((one) => one.startsWith(OURS) && one !== KEPT);
    await Promise.all(old.map((one) => caches.delete(one)));
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== ROOT.origin || !pathname.startsWith(ROOT.pathname)) return;
  const name = pathname.slice(ROOT.pathname.length);
  if (!(name in FILES)) return;
  event.respondWith((async () => {
    const kept = await (await caches.open(KEPT)).match(new URL(name, ROOT));
    return kept || fetch(event.request);
  })());
});
