/* The answer stands beside the credit form while it is typed: the form is sent to its own address, and the answer
   alone comes back. While something is missing, the last answer stays and says so. Nothing typed is ever touched. */

import { calendars, examples } from "./days.js";
import { element } from "./dom.js";
import { draft } from "./draft.js";
import { rows } from "./rows.js";
import { tools } from "./tools.js";

const PAUSE = 400; // milliseconds after a change before it is sent
const form = document.getElementById("form");
const answer = document.getElementById("answer");
const grounds = document.getElementById("grounds");
const state = document.getElementById("answer-state");
const bar = document.getElementById("answer-bar");
const said = document.getElementById("answer-said");

let sent = typed(); // nothing is sent until something differs from what the page came with
let errors = new Map(); // field → what is wrong with it, as last judged
let judged = false;
let timer = 0;
let turn = 0;
let save = () => {}; // keeps what is typed on this device

if (form && answer) {
  rows(form, changed);
  examples(form);
  save = draft(form, changed);
  calendars(form);
  form.addEventListener("input", (event) => event.isComposing || changed());
  form.addEventListener("change", changed);
  form.addEventListener("focusout", (event) => {
    event.target.setAttribute("data-left", "");
    showErrors();
  });
  form.querySelectorAll(".is-invalid").forEach((field) => field.setAttribute("data-left", ""));
  window.addEventListener("online", later);
  tellBar("");
}

function typed() {
  return form ? new URLSearchParams(new FormData(form)).toString() : "";
}

function changed() {
  calendars(form);
  save();
  later();
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(send, PAUSE);
}

async function send() {
  const body = typed();
  if (body === sent) return;
  turn += 1;
  const mine = turn;
  sent = body;
  try {
    const headers = { "X-Requested-With": "fetch", "Content-Type": "application/x-www-form-urlencoded" };
    const response = await fetch(form.action, { method: "POST", body, headers });
    const text = response.ok && !response.redirected ? await response.text() : "";
    if (mine !== turn) return;
    if (text) take(new DOMParser().parseFromString(text, "text/html"));
    else trouble(response.status === 429 ? Number(response.headers.get("Retry-After")) || 10 : 0);
  } catch (error) {
    if (mine === turn) trouble(0);
  }
}

/** A quiet line, and another try: after `wait` seconds, or with the next change. */
function trouble(wait) {
  sent = "";
  tell(wait ? "核对得太频繁，稍等一会儿会自动更新。" : "现在连不上，填的内容都还在，下面的结果没有更新。");
  if (wait) timer = setTimeout(send, wait * 1000);
}

/** Puts in what came back: a new answer, or what is still missing. */
function take(fresh) {
  judged = true;
  const open = fresh.getElementById("open-fields");
  errors = new Map(Array.from(open ? open.children : []).map((item) => [item.getAttribute("data-field"), item.textContent]));
  if (open) {
    const problem = open.getAttribute("data-problem") || `还有 ${errors.size} 处没有填好，填好以后自动更新。`;
    tell(answer.hasAttribute("data-summary") ? `以下是改之前的结果。${problem}` : problem);
  } else {
    swap(answer, fresh.getElementById("answer"));
    swap(grounds, fresh.getElementById("grounds"));
    tools(answer);
    answer.setAttribute("data-summary", fresh.getElementById("answer").getAttribute("data-summary"));
    tell("");
    said.textContent = answer.getAttribute("data-summary");
  }
  showElsewhere(fresh);
  const note = document.getElementById("form-note");
  if (note) note.textContent = open ? state.textContent : "都填好了，结果已经更新。";
  showErrors();
}

/** Dates in another cycle say so at their fields, with a button that switches to it. */
function showElsewhere(fresh) {
  form.querySelectorAll("[data-at]").forEach((old) => old.remove());
  fresh.querySelectorAll("#elsewhere > li").forEach((item) => {
    const field = form.elements[item.getAttribute("data-at")];
    if (field) field.parentNode.append(element("div", { class: "form-text", "data-at": "" }, ...Array.from(item.childNodes)));
  });
}

function swap(place, fresh) {
  place.textContent = "";
  place.append(...Array.from(fresh.childNodes));
}

function tell(line) {
  state.textContent = line;
  state.hidden = !line;
  tellBar(line);
}

/** On a phone the sums stand at the bottom of the screen and lead to the answer. */
function tellBar(line) {
  const summary = answer.getAttribute("data-summary") || "";
  const parts = summary ? summary.split("　") : []; // one for each of the two requirements
  const open = errors.size && line ? [`还有 ${errors.size} 处没填好`, ...parts.map((part) => part.split("，")[0])] : parts;
  const link = bar.firstElementChild;
  link.textContent = "";
  link.append(...(open.length ? open : [line]).map((part) => element("span", {}, part)));
  bar.hidden = !summary && !line;
}

/** Errors stand only at fields that were left: nobody is told off while typing. */
function showErrors() {
  if (!judged) return; // what the page came with stands until then
  form.querySelectorAll("[data-left]").forEach((field) => {
    if (!field.name || field.tagName === "BUTTON") return;
    const id = `${field.id}_error`;
    const shown = document.getElementById(id);
    const message = field === document.activeElement && !shown ? undefined : errors.get(field.name);
    const described = (field.getAttribute("aria-describedby") || "").split(" ").filter((other) => other && other !== id);
    if (message) described.push(id);
    field.classList.toggle("is-invalid", Boolean(message));
    if (message) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
    if (described.length) field.setAttribute("aria-describedby", described.join(" "));
    else field.removeAttribute("aria-describedby");
    if (shown && shown.textContent.trim() === message) return;
    if (shown) shown.remove();
    if (message) field.parentNode.append(element("div", { id, class: "invalid-feedback" }, element("strong", {}, message)));
  });
}
