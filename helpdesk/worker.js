/* Keeps this version's static files, and public pages that were read, for reading without a network.

   offline.py writes VERSION, PAGE (the address of the page for everything that is not kept) and FILES above this.
   A page is kept only where the server marks it, which it never does for anybody signed in. */

const STATIC = `portal-static-${VERSION}`;
const PAGES = "portal-pages";
const MOST_PAGES = 60;
const OFFLINE = "离线：这是您上次看到的内容。";
const BUSY = "系统正忙：这是您上次看到的内容。";
const FOREVER = /\.[0-9a-f]{12}\.\w+$/; // the name holds the hash: what is kept under it is right

/** A file's name without its hash: a page kept long ago asks for files of its own time. */
const plain = (path) => path.replace(/\.[0-9a-f]{12}(\.\w+)$/, "$1");
const OWN = new Map(FILES.map((path) => [plain(new URL(path, location.href).pathname), path]));

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(
    caches.open(STATIC).then((cache) => cache.addAll([new Request(PAGE, { cache: "no-cache" }), ...FILES])),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const names = await caches.keys();
      const old = names.filter((name) => name.startsWith("portal-") && name !== STATIC && name !== PAGES);
      await Promise.all(old.map((name) => caches.delete(name)));
      await self.clients.claim();
      // The page that brought the worker was read before there was one.
      const open = await self.clients.matchAll({ type: "window" });
      const paths = new Set(open.map((client) => new URL(client.url).pathname).filter(mayKeep));
      await Promise.all(Array.from(paths).map((path) => fetch(path).then((answer) => keep(path, answer), () => {})));
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (OWN.has(plain(url.pathname))) event.respondWith(file(request, url.pathname));
  else if (request.mode === "navigate" && !url.pathname.startsWith("/admin/")) event.respondWith(visit(event, url));
});

async function file(request, path) {
  const cache = await caches.open(STATIC);
  const same = FOREVER.test(path) ? await cache.match(path, { ignoreVary: true }) : undefined;
  if (same) return same;
  try {
    return await fetch(request);
  } catch (error) {
    const like = await cache.match(OWN.get(plain(path)), { ignoreVary: true });
    return like || Response.error();
  }
}

async function visit(event, url) {
  let answer;
  try {
    answer = await fetch(event.request);
  } catch (error) {
    return (await lastRead(url.pathname, OFFLINE)) || (await nothingKept());
  }
  if (answer.status >= 500) return (await lastRead(url.pathname, BUSY)) || answer;
  if (mayKeep(url.pathname)) event.waitUntil(keep(url.pathname, answer.clone()));
  return answer;
}

function mayKeep(path) {
  return path === "/" || path.startsWith("/faq/") || path.startsWith("/guide/");
}

/** Keeps `answer` as the latest, drops the oldest; what was withdrawn is not kept either. */
async function keep(path, answer) {
  const cache = await caches.open(PAGES);
  if (answer.status === 404 || answer.status === 410) await cache.delete(path, { ignoreVary: true });
  // Shows what this reader said of the entry: kept is the page that everybody gets.
  if (answer.ok && /private/.test(answer.headers.get("Cache-Control")) && (await cache.match(path, { ignoreVary: true }))) {
    answer = await fetch(path, { credentials: "omit" });
  }
  if (!answer.ok || answer.redirected || answer.headers.get("X-Offline") !== "keep") return;
  await cache.delete(path, { ignoreVary: true });
  await cache.put(path, answer);
  const pages = await cache.keys();
  await Promise.all(pages.slice(0, -MOST_PAGES).map((page) => cache.delete(page, { ignoreVary: true })));
}

/** The page as it was last read, with a line that says why it is shown. */
async function lastRead(path, why) {
  const answer = await (await caches.open(PAGES)).match(path, { ignoreVary: true });
  if (!answer) return null;
  const text = await answer.text();
  const note = `<p class="note offline-note" role="status">${why}</p>`;
  return written(answer, text.replace("<html ", "<html data-offline ").replace(/<main[^>]*>/, (main) => main + note), 200);
}

async function nothingKept() {
  const answer = await (await caches.open(STATIC)).match(PAGE, { ignoreVary: true });
  if (!answer) return Response.error();
  const cache = await caches.open(PAGES);
  const paths = (await cache.keys()).map((request) => new URL(request.url).pathname).filter((path) => /^\/faq\/[^/]+\/$/.test(path));
  const lines = await Promise.all(
    paths.reverse().map(async (path) => {
      const text = await (await cache.match(path, { ignoreVary: true })).text();
      const title = /<meta property="og:title" content="([^"]*)">/.exec(text); // escaped by the server
      return title ? `<li><a href="${path}">${title[1]}</a></li>` : "";
    }),
  );
  const list = lines.length
    ? `<p>看过的问答还可以看：</p><ul class="question-list">${lines.join("")}</ul>`
    : "<p>看过的问答会留在这台设备上，没有网络也能看；现在还一条都没有。</p>";
  const text = await answer.text();
  return written(answer, text.replace("<html ", "<html data-offline ").replace("<!-- kept -->", () => list), 503);
}

/** An answer with another text, and the headers, the Content-Security-Policy among them, of the one it came from. */
function written(answer, text, status) {
  const headers = new Headers(answer.headers);
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  return new Response(text, { status, headers });
}
