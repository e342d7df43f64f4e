// Keeps the scanner's page and what it is made of, for when there is no network. The page says nothing of the company's: what it
// knows is in the browser's database (browser-store.js). It asks the network first, so that a new version is there at once.
"use strict";

const KEPT = "kontor scanner";
const MOST = 80; // files; older versions go

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(Promise.all([self.clients.claim(), begin()])));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  const isPage = request.mode === "navigate" && address.href.split(/[?#]/)[0] === self.registration.scope;
  if (isPage) event.respondWith(page(request));
  else if (address.pathname.startsWith("/static/")) event.respondWith(file(request));
});

// The page that asked for this came before it could be kept.
async function begin() {
  const answer = await fetch(self.registration.scope, { redirect: "error" });
  if (!answer.ok) return;
  const kept = await caches.open(KEPT), text = await answer.clone().text();
  await kept.put(self.registration.scope, answer);
  const files = new Set([...text.matchAll(/(?:src|href)="(\/static\/[^"#]+)/g)].map(([, address]) => address));
  await Promise.all([...files].map((address) => file(new Request(address))));
}

async function page(request) {
  const kept = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await kept.put(self.registration.scope, answer.clone());
    return answer;
  } catch (error) {
    const before = await kept.match(self.registration.scope);
    if (before) return before;
    throw error;
  }
}

// Addresses of files change with what is in them.
async function file(request) {
  const kept = await caches.open(KEPT);
  const before = await kept.match(request);
  if (before) return before;
  const answer = await fetch(request);
  if (answer.ok) {
    await kept.put(request, answer.clone());
    const files = (await kept.keys()).filter(({ url }) => new URL(url).pathname.startsWith("/static/"));
    await Promise.all(files.slice(0, -MOST).map((each) => kept.delete(each)));
  }
  return answer;
}
