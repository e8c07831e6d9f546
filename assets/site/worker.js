/** Keeps the page for when there is no connection: its own files at once, in the version that CACHE names, and every other
    file once it was used, as MNIST's. The version before is kept, too: a page that is open still asks for its files. */

"use strict";

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const SITE = `digit-sketchpad ${worker.registration.scope} `; // there may be other sites on the same server
const CACHE = `${SITE}VERSION`;
const DIGITS = `${SITE}digits`; // MNIST is the same in every version
const FILES = ["./", "FILES", "manifest.webmanifest", "icon.svg", "icon.png"];

worker.addEventListener("install", (event) => {
  worker.skipWaiting();
  const fresh = FILES.map((file) => new Request(file, { cache: "reload" })); // not what the browser cached of an old version
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)));
});

worker.addEventListener("activate", (event) => event.waitUntil(removeOutdated()));

worker.addEventListener("fetch", (event) => {
  if (event.request.method === "GET") event.respondWith(answer(event.request));
});

async function removeOutdated() {
  const kept = [CACHE, DIGITS];
  const names = (await caches.keys()).filter((name) => name.startsWith(SITE) && !kept.includes(name));
  await Promise.all(names.slice(0, -1).map((name) => caches.delete(name)));
}

/** @param {Request} request */
async function answer(request) {
  const address = request.url.replace(/\/index\.html(?=[?#]|$)/, "/"); // the page has both names
  const newest = await caches.open(CACHE);
  // A page asks for the files of its own version by a query; other queries are the page's own affair.
  for (const ignoreSearch of [false, true]) {
    const kept = (await newest.match(address, { ignoreSearch })) ?? (await caches.match(address, { ignoreSearch }));
    if (kept) return kept;
  }
  const response = await fetch(request);
  if (response.status === 200 && address.startsWith(worker.registration.scope)) {
    const cache = address.includes(".gz") ? await caches.open(DIGITS) : newest;
    cache.put(address, response.clone()).catch(() => {}); // the page works without a copy
  }
  return response;
}
