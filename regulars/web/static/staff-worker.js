// Keeps the last staff page for a phone without network; forgets it as soon as the server asks who it is.
const CACHE = "staff";
const FILES = /^\/static\//;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));


async function fromNet(request) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    const page = new URL(request.url).pathname === "/staff/";
    const mine = !answer.redirected && answer.ok;
    if (page && !(mine && (await answer.clone().text()).includes("data-sync"))) {
      for (const each of await cache.keys()) if (!FILES.test(new URL(each.url).pathname)) await cache.delete(each);
    } else if (mine) {
      await cache.put(request, answer.clone());
    }
    return answer;
  } catch (error) {
    const old = await cache.match(request);
    if (old) return old;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (event.request.method !== "GET") return;
  if (pathname === "/staff/" || FILES.test(pathname)) event.respondWith(fromNet(event.request));
});
