/* Keeps the page for when there is no connection: all of its files, in the version that CACHE names. The version before
   it stays, too: a page that is open still asks for its files. */

"use strict";

const SITE = `digit-sketchpad ${registration.scope} `; // others may lie on the same server
const CACHE = `${SITE}VERSION`;
const FILES = ["./", "SNAPSHOTS", "manifest.webmanifest", "icon.svg", "icon.png"];

addEventListener("install", (event) => {
  skipWaiting();
  const fresh = FILES.map((file) => new Request(file, { cache: "reload" })); // none that the browser still has of an old version
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)));
});

addEventListener("activate", (event) => {
  const outdated = (names) => names.filter((name) => name.startsWith(SITE) && name !== CACHE).slice(0, -1);
  event.waitUntil(caches.keys().then((names) => Promise.all(outdated(names).map((name) => caches.delete(name)))));
});

addEventListener("fetch", (event) => {
  if (event.request.method === "GET") event.respondWith(answer(event.request));
});

async function answer(request) {
  const address = request.url.replace(/\/index\.html(?=[?#]|$)/, "/"); // the page goes by both names
  const found = (cache) => cache.match(address, { ignoreSearch: true });
  return (await found(await caches.open(CACHE))) ?? (await found(caches)) ?? fetch(request);
}
