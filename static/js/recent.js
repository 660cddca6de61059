/* What was searched lately: kept on this device only, and sent nowhere. */

import { keep, kept } from "./dom.js";

const KEY = "recent-searches";
const MOST = 8;

export function recent() {
  const searches = kept(KEY);
  return Array.isArray(searches) ? searches.filter((search) => typeof search === "string").slice(0, MOST) : [];
}

export function remember(typed) {
  const search = typed.trim();
  if (search) keep(KEY, [search, ...recent().filter((other) => other !== search)].slice(0, MOST));
}

export function forget(search) {
  keep(KEY, recent().filter((other) => other !== search));
}

export function forgetAll() {
  keep(KEY, []);
}
