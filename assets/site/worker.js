/** Keeps the page for when there is no connection: all of its files, in the version that CACHE names. The version before
    it is kept, too: a page that is open still asks for its files. */

"use strict";

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const SITE = `digit-sketchpad ${worker.registration.scope} `; // there may be other sites on the same server
const CACHE = `${SITE}VERSION`;
const FILES = ["./", "ANSWERS", "manifest.webmanifest", "icon.svg", "icon.png"];

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
  const names = (await caches.keys()).filter((name) => name.startsWith(SITE) && name !== CACHE);
  await Promise.all(names.slice(0, -1).map((name) => caches.delete(name)));
}

/** @param {Request} request */
async function answer(request) {
  const address = request.url.replace(/\/index\.html(?=[?#]|$)/, "/"); // the page has both names
  const find = (/** @type {Cache | CacheStorage} */ cache) => cache.match(address, { ignoreSearch: true });
  return (await find(await caches.open(CACHE))) ?? (await find(caches)) ?? fetch(request);
}
