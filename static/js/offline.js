/* Pages that were read can be read again without a network: the worker at /sw.js keeps them. */

export function offline() {
  // There is none on plain http.
  if (!("serviceWorker" in navigator) || !window.isSecureContext) return;
  const register = () => navigator.serviceWorker.register("/sw.js").catch(() => {});
  if (document.readyState === "complete") register();
  else window.addEventListener("load", register); // the page itself comes first
}
