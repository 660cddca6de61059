/* Asking: entries that may answer stand beside the form while one types, and what is typed outlives a reload. */

import { element } from "./dom.js";

const ADDRESS = "/ask/look/";
const PAUSE = 600; // milliseconds without a key before the server is asked
const LONGEST = 2000; // characters, as the form takes
const LEAST = 4; // characters that say anything
const MOST_BYTES = 20 * 1024 * 1024; // of all pictures together
const KEY = "ask-draft"; // in this window only

/** The window's own memory, which may be forbidden. */
function memory(act) {
  try {
    return act(sessionStorage);
  } catch (error) {
    return null;
  }
}

async function found(text) {
  const body = new URLSearchParams({ text: text.slice(0, LONGEST) });
  const answer = await fetch(ADDRESS, { method: "POST", body });
  if (!answer.ok) throw new Error(answer.status);
  return (await answer.json()).answers;
}

/** One entry as the page's template has it; its form stands at the end of the page, since forms cannot be nested. */
function item(template, entry, number) {
  const made = template.content.firstElementChild.cloneNode(true);
  const link = made.querySelector("a");
  link.href = new URL(entry.url, location.href).pathname; // on this host, by whatever name the server knows itself
  link.textContent = entry.question;
  made.querySelector(".result-snippet").textContent = new DOMParser().parseFromString(entry.snippet, "text/html").body.textContent;
  const button = made.querySelector("button");
  const id = `ask-helped-${number}`;
  const action = `${document.getElementById("ask").getAttribute("action")}helped/${encodeURIComponent(entry.ref)}/`;
  const older = document.getElementById(id);
  if (older) older.remove();
  document.querySelector("main").append(element("form", { id, method: "post", action }));
  button.setAttribute("form", id);
  made.querySelector("form").replaceWith(button);
  return made;
}

function beside(form) {
  const text = form.elements.text;
  const looked = form.elements.looked;
  const place = document.getElementById("ask-nearest");
  const template = document.getElementById("ask-nearest-item");
  let timer = 0;
  async function look() {
    const typed = text.value.trim();
    if (typed.length < LEAST) {
      place.hidden = true;
      return;
    }
    try {
      const entries = await found(typed);
      if (text.value.trim() !== typed) return; // typed on meanwhile
      place.replaceChildren();
      if (entries.length) place.append(element("h2", {}, "这几条是不是您要的答案？"));
      place.append(...entries.map((entry, number) => item(template, entry, number)));
      place.hidden = !entries.length;
      looked.value = typed;
    } catch (error) {
      place.hidden = true; // the server shows them before it takes the question
    }
  }
  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  if (text.value.trim() && !document.getElementById("nearest")) look();
}

/** Fields that hold somebody's own words; what only programs fill is none. */
function words(form) {
  const fields = Array.from(form.querySelectorAll("textarea, input.form-control:not([type=file])"));
  return fields.filter((field) => field.name !== "website");
}

function kept(key) {
  try {
    return JSON.parse(memory((store) => store.getItem(key))) || {};
  } catch (error) {
    return {};
  }
}

/** Keeps what is typed for as long as the window is open: inside WeChat nothing asks before one leaves. */
function keepTyping(form, key) {
  const fields = words(form);
  const before = kept(key);
  fields.forEach((field) => {
    const typed = before[field.name];
    if (!field.value && typeof typed === "string") field.value = typed;
  });
  function keep() {
    const typed = {};
    fields.forEach((field) => {
      if (field.value) typed[field.name] = field.value;
    });
    memory((store) => store.setItem(key, JSON.stringify(typed)));
  }
  form.addEventListener("input", keep);
}

function forget(key) {
  memory((store) => store.removeItem(key));
}

/** Says at once that pictures are too large together; the server would refuse the whole form. */
function weigh(form) {
  const field = form.querySelector("[type=file]");
  const told = document.getElementById("ask-too-large");
  field.addEventListener("change", () => {
    const size = Array.from(field.files).reduce((sum, file) => sum + file.size, 0);
    told.hidden = size <= MOST_BYTES;
    if (size > MOST_BYTES) field.value = "";
  });
}

/** 这解决了我的问题 ends the asking: nothing is kept, and nobody is asked whether to leave. */
function endWithHelp(form) {
  document.addEventListener("submit", (event) => {
    if (!event.target.action.includes("/ask/helped/")) return;
    forget(KEY);
    form.setAttribute("data-kept", "");
  });
}

/** True where the page shows words among what was said: they arrived. */
function arrived(words) {
  const bare = (text) => text.replace(/\s+/g, "");
  const said = Array.from(document.querySelectorAll(".said-asker .said-text"));
  return Boolean(words) && said.some((one) => bare(one.textContent) === bare(words));
}

const form = document.getElementById("ask");
if (form) {
  keepTyping(form, KEY);
  beside(form);
  weigh(form);
  endWithHelp(form);
}
if (document.querySelector("[data-asked]")) forget(KEY);

const more = document.getElementById("ask-more");
if (more) {
  const key = `${KEY}:${location.pathname}`;
  if (arrived(kept(key).text)) forget(key);
  keepTyping(more, key);
}
