/* Light or dark, usual or large type: applied at once, without leaving the page or what is typed on it.

   The server keeps the choice (helpdesk/appearance.py); where it cannot be reached, the form is sent as usual. */

import { keep, kept } from "./dom.js";

const KEY = "appearance";
const SCHEMES = { auto: "light dark", light: "light", dark: "dark" };
const DARK_MEDIA = { auto: "(prefers-color-scheme: dark)", dark: "all", light: "not all" };
const PAPER = { light: "#ffffff", dark: "#161c1a" }; // --paper of site.css and dark.css
const root = document.documentElement;

export function appearance() {
  // A page kept for reading offline looks as when it was read: the latest choice is applied to it again.
  if (root.hasAttribute("data-offline")) Object.entries(kept(KEY) || {}).forEach(([name, value]) => apply(name, value));
  else if (document.querySelector("form.appearance")) keep(KEY, current());
  document.querySelectorAll("form.size-switch, form.appearance").forEach((form) => {
    form.addEventListener("click", (event) => {
      const button = event.target.closest("button[name]");
      if (!button || button.hasAttribute("data-as-usual")) return;
      event.preventDefault();
      choose(form, button);
    });
  });
}

/** What the page shows now, as its buttons say. */
function current() {
  const found = {};
  document.querySelectorAll(".appearance-choice[aria-pressed=true]").forEach((button) => {
    found[button.name] = button.value;
  });
  return found;
}

async function choose(form, button) {
  const { name, value } = button;
  try {
    const body = new URLSearchParams([[name, value]]);
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
    // It answers with the way back to the page, which nobody needs to follow.
    if (answer.type !== "opaqueredirect" && !answer.ok) throw new Error(answer.status);
    apply(name, value);
    keep(KEY, current());
  } catch (error) {
    if (form.classList.contains("needs-script")) return; // leaving this page would lose what is typed
    button.setAttribute("data-as-usual", "");
    button.click();
  }
}

function apply(name, value) {
  if (name === "size") size(value);
  else if (name === "theme" && value in SCHEMES) theme(value);
  document.querySelectorAll(`.appearance-choice[name=${name}]`).forEach((button) => {
    button.setAttribute("aria-pressed", String(button.value === value));
  });
}

function size(value) {
  const large = value === "large";
  if (large) root.setAttribute("data-size", "large");
  else root.removeAttribute("data-size");
  const button = document.querySelector(".size-switch button");
  if (!button) return;
  button.value = large ? "usual" : "large";
  button.textContent = large ? "标准字号" : "大字版";
}

function theme(value) {
  let link = document.querySelector("link[href*='css/dark']");
  if (!link && value !== "light") {
    link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = document.querySelector("form.appearance").getAttribute("data-dark");
    document.head.append(link);
  }
  if (link) link.media = DARK_MEDIA[value];
  document.querySelector("meta[name=color-scheme]").content = SCHEMES[value];
  document.querySelectorAll("meta[name=theme-color]").forEach((meta) => {
    meta.content = PAPER[value === "auto" ? /light|dark/.exec(meta.media)[0] : value];
  });
}
