/* Keeps the page for when there is no connection: all of its files, in the version that CACHE names. */

"use strict";

const CACHE = "digit-sketchpad-VERSION";
const FILES = ["./", "snapshots.js", "manifest.webmanifest", "icon.svg", "icon.png"];

addEventListener("install", (event) => {
  skipWaiting();
  const fresh = FILES.map((file) => new Request(file, { cache: "reload" })); // none that the browser still has of an old version
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)));
});

addEventListener("activate", (event) => {
  const isOld = (name) => name.startsWith("digit-sketchpad-") && name !== CACHE;
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name)))));
});

addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  event.respondWith(
    caches.open(CACHE).then(async (cache) => {
      const kept = await cache.match(event.request, { ignoreSearch: true });
      return kept ?? fetch(event.request);
    }),
  );
});
