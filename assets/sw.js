/* Keeps the page for when there is no connection: all of its files, in the version that CACHE names. */

"use strict";

const CACHE = "digit-sketchpad-VERSION";
const FILES = ["./", "snapshots.js", "manifest.webmanifest", "icon.svg", "icon.png"];

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)));
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
    })
  );
});
