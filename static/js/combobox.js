/* Search as you type: every search field becomes a combobox with a list of questions over the page.

   The form goes on working as it is; where the questions do not come, or come late, nothing happens. */

import { element } from "./dom.js";
import { forget, forgetAll, recent, remember } from "./recent.js";

const ADDRESS = "/api/v1/suggest";
const PAUSE = 150; // milliseconds without a key before the server is asked
const MOST = 8;
const MOST_ANSWERS = 50;
const answers = new Map(); // query → options, while this page stands

export function searchFields() {
  const fields = Array.from(document.querySelectorAll("form[role=search] input[type=search]"));
  fields.forEach(combobox);
  document.addEventListener("keydown", (event) => {
    const busy = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || busy) return;
    const field = fields.find((candidate) => candidate.offsetParent !== null);
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
}

/** The questions like `query`, from this page's memory or the server; fails where the server does. */
async function questions(query, signal) {
  if (answers.has(query)) return answers.get(query);
  const answer = await fetch(`${ADDRESS}?q=${encodeURIComponent(query)}`, { signal });
  if (!answer.ok) throw new Error(answer.status);
  const found = (await answer.json()).suggestions.slice(0, MOST).map((entry) => ({
    kind: "entry",
    text: entry.question,
    path: new URL(entry.url, location.href).pathname, // on this host, by whatever name the server knows itself
  }));
  answers.set(query, found);
  if (answers.size > MOST_ANSWERS) answers.delete(answers.keys().next().value);
  return found;
}

function lately() {
  const searches = recent().map((text) => ({ kind: "recent", text }));
  return searches.length ? [...searches, { kind: "clear", text: "清空最近搜过的" }] : [];
}

function combobox(input) {
  const list = element("ul", { role: "listbox", id: `${input.id}-list`, class: "suggestions", hidden: "" });
  const status = element("p", { role: "status", class: "visually-hidden" });
  let options = [];
  let active = -1; // the option that the arrow keys are on; -1 is the field itself
  let turn = 0; // an answer to an earlier turn comes too late
  let timer = 0;
  let controller = null;

  input.form.append(list, status);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  close();

  function show(found, label, said) {
    options = found;
    list.textContent = "";
    list.append(...options.map(row));
    list.setAttribute("aria-label", label);
    list.hidden = !options.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    status.textContent = said;
    activate(-1);
  }

  function row(option, index) {
    const attributes = { role: "option", id: `${list.id}-${index}`, class: `suggestion suggestion-${option.kind}` };
    const made = element("li", attributes, element("span", {}, option.text));
    // For fingers and the mouse; from the keyboard it is the Delete key.
    if (option.kind === "recent") made.append(element("span", { class: "suggestion-remove", "aria-hidden": "true" }, "×"));
    return made;
  }

  function activate(index) {
    active = index;
    Array.from(list.children).forEach((made, place) => made.setAttribute("aria-selected", String(place === active)));
    if (active < 0) {
      input.removeAttribute("aria-activedescendant");
    } else {
      input.setAttribute("aria-activedescendant", list.children[active].id);
      list.children[active].scrollIntoView({ block: "nearest" });
    }
  }

  function close() {
    turn += 1;
    clearTimeout(timer);
    if (controller) controller.abort();
    show([], "可能的问题", "");
  }

  function showRecent() {
    const found = lately();
    const count = found.length - 1;
    show(found, "最近搜过的", found.length ? `最近搜过 ${count} 条，用上下键选，按 Delete 去掉一条` : "");
  }

  async function ask() {
    const query = input.value.trim();
    clearTimeout(timer);
    turn += 1;
    const mine = turn;
    if (controller) controller.abort();
    if (!query) {
      showRecent();
      return;
    }
    controller = typeof AbortController === "function" ? new AbortController() : null;
    try {
      const found = await questions(query, controller ? controller.signal : undefined);
      const said = found.length ? `${found.length} 条可能的问题，用上下键选` : "没有相近的问题，按回车搜索";
      if (mine === turn) show(found, "可能的问题", said);
    } catch (error) {
      if (mine === turn) close();
    }
  }

  function choose(option) {
    if (option.kind === "clear") {
      forgetAll();
      showRecent();
      status.textContent = "已清空";
    } else if (option.kind === "recent") {
      input.value = option.text;
      remember(option.text);
      close();
      input.form.submit();
    } else {
      remember(input.value);
      close();
      location.assign(option.path);
    }
  }

  function remove(option) {
    forget(option.text);
    showRecent();
    status.textContent = `已去掉：${option.text}`;
  }

  function moved(event) {
    const down = event.key === "ArrowDown";
    event.preventDefault();
    if (list.hidden) ask();
    else if (down) activate(active + 1 < options.length ? active + 1 : -1);
    else activate(active < 0 ? options.length - 1 : active - 1);
  }

  input.addEventListener("input", (event) => {
    if (event.isComposing) return; // pinyin that is not a word yet
    clearTimeout(timer);
    if (input.value.trim()) timer = setTimeout(ask, PAUSE);
    else ask();
  });
  input.addEventListener("compositionend", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("focus", () => {
    if (!input.value) showRecent();
  });
  input.addEventListener("click", () => {
    if (!input.value && list.hidden) showRecent();
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return; // the key belongs to the input method
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      moved(event);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault(); // or the browser would empty the field
      close();
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      choose(options[active]);
    } else if (event.key === "Delete" && active >= 0 && options[active].kind === "recent") {
      event.preventDefault();
      remove(options[active]);
    } else if (["Home", "End", "ArrowLeft", "ArrowRight"].includes(event.key)) {
      activate(-1);
    }
  });
  input.form.addEventListener("submit", () => {
    remember(input.value);
    close();
  });
  window.addEventListener("pagehide", close); // or it would stand open when one comes back
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays in the field
  list.addEventListener("click", (event) => {
    const index = Array.from(list.children).indexOf(event.target.closest("[role=option]"));
    if (index < 0) return;
    if (event.target.closest(".suggestion-remove")) remove(options[index]);
    else choose(options[index]);
  });
}
