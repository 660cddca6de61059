/* What an editor types into an entry, or as an answer to a question, is kept in this browser: a closed window or an ended
   session loses nothing. */

import { keep, kept } from "./dom.js";

const PREFIX = "entry-draft:";
const PAUSE = 800; // milliseconds without typing after which it is kept
const DAYS = 30;
/* Fields that say nothing of what was typed. */
const LEFT_OUT = ["csrfmiddlewaretoken", "seen", "answer_format", "wordings", "also"];

export function entryDraft() {
  const bar = document.getElementById("entry-draft");
  const form = bar && bar.closest("form");
  if (!form) return;
  const key = PREFIX + bar.dataset.key;
  let timer = 0;
  forgetOld();
  if ("done" in bar.dataset) {
    if (kept(key)) localStorage.removeItem(key);
    history.replaceState(null, "", location.pathname); // so that a reload forgets nothing that was typed since
  }

  function save() {
    clearTimeout(timer);
    keep(key, { at: Date.now(), fields: fieldsOf(form) });
  }

  offer(bar, form, key);
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  });
  form.addEventListener("submit", save);
  window.addEventListener("pagehide", () => timer && save());
}

/** Offers what was kept, or puts it back at once where the bar says `data-fill`, unless the page shows the same. Then it was saved, and need not be kept; but not where the form
    came back because something was wrong in it, or because it was only to be looked at. */
function offer(bar, form, key) {
  const draft = kept(key);
  if (!draft) return;
  if (same(draft.fields, fieldsOf(form))) {
    if (!("unsaved" in bar.dataset)) localStorage.removeItem(key);
    return;
  }
  const day = { year: "numeric", month: "long", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false };
  bar.querySelector("time").textContent = new Date(draft.at).toLocaleString("zh-CN", day);
  bar.hidden = false;
  const before = fieldsOf(form);
  if ("fill" in bar.dataset) fill(form, draft.fields);
  else {
    bar.querySelector("[data-restore]").addEventListener("click", () => {
      fill(form, draft.fields);
      bar.hidden = true;
    });
  }
  bar.querySelector("[data-forget]").addEventListener("click", () => {
    if ("fill" in bar.dataset) fill(form, before);
    localStorage.removeItem(key);
    bar.hidden = true;
  });
}

function fields(form) {
  return Array.from(form.elements).filter((field) => {
    const isTyped = !/^(submit|button|file|radio)$/.test(field.type);
    return isTyped && field.name && field.name[0] !== "_" && !LEFT_OUT.includes(field.name);
  });
}

function fieldsOf(form) {
  const values = {};
  fields(form).forEach((field) => {
    values[field.name] = field.type === "checkbox" ? field.checked : field.value.replace(/\r\n/g, "\n");
  });
  return values;
}

function same(one, other) {
  return Object.keys(other).every((name) => !(name in one) || one[name] === other[name]);
}

/** Puts values into the form; the visual editor takes its field's from the event. */
function fill(form, values) {
  fields(form).forEach((field) => {
    if (!(field.name in values)) return;
    if (field.type === "checkbox") field.checked = values[field.name];
    else field.value = values[field.name];
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

function forgetOld() {
  const oldest = Date.now() - DAYS * 24 * 3600 * 1000;
  try {
    Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).forEach((key) => {
      const draft = kept(key);
      if (!draft || draft.at < oldest) localStorage.removeItem(key);
    });
  } catch (error) {
    // A browser that forbids its memory keeps nothing.
  }
}
