/* Rows of the credit form, added and taken away on the page itself; what is typed in the others stays as it is.

   A blank row stands in the page as a <template>. Without scripts the same buttons ask the server. */

const MOST = 150; // rows that the server reads
const ATTRIBUTES = ["id", "name", "for", "value", "aria-describedby"];

/** Calls `changed` after each row added or taken away. */
export function rows(form, changed) {
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=add], button[name=remove]");
    if (!button) return;
    const section = button.closest("fieldset");
    if (button.name === "add" && !section.querySelector("template")) return;
    event.preventDefault();
    if (button.name === "add") add(section);
    else remove(section, button.closest(".row-card"));
    changed();
  });
  form.addEventListener("change", (event) => {
    if (event.target.name.endsWith("-activity")) fit(event.target.closest(".row-card"));
  });
  form.querySelectorAll(".row-card").forEach(fit);
}

function cards(section) {
  return Array.from(section.querySelectorAll(".row-card"));
}

function add(section) {
  append(section);
  cards(section).pop().querySelector("input, select").focus();
}

function append(section) {
  const template = section.querySelector("template");
  section.insertBefore(template.content.cloneNode(true), template);
  number(section);
  fit(cards(section).pop());
}

/** Puts fields back as they were sent, with as many rows as there were. */
export function refill(form, fields) {
  form.querySelectorAll("fieldset[id]").forEach((section) => {
    const count = Math.min(Number(fields.get(`${section.id}-TOTAL_FORMS`)), MOST);
    cards(section).slice(count).forEach((card) => card.remove());
    while (cards(section).length < count) append(section);
    number(section);
  });
  form.querySelectorAll("[name]:not([type=hidden]):not(button)").forEach((field) => {
    if (field.type === "checkbox") field.checked = fields.has(field.name);
    else if (fields.has(field.name)) field.value = fields.get(field.name);
  });
  form.querySelectorAll(".row-card").forEach(fit);
}

/** The focus goes to the row that moved up, else to the one before, else to the button that adds one. */
function remove(section, card) {
  const place = cards(section).indexOf(card);
  card.remove();
  number(section);
  const left = cards(section);
  const next = left[place] || left[place - 1];
  (next ? next.querySelector("input, select") : section.querySelector("button[name=add]")).focus();
}

/** Counts the rows from 0 in names and ids, and from 1 in what is read. */
function number(section) {
  const named = new RegExp(`${section.id}-(\\d+|__prefix__)`, "g");
  cards(section).forEach((card, index) => {
    const title = `${card.getAttribute("data-title")} ${index + 1}`;
    card.setAttribute("aria-label", title);
    card.querySelectorAll("[data-row-title]").forEach((place) => {
      place.textContent = title;
    });
    card.querySelectorAll("input, select, label, button, [id]").forEach((node) => {
      ATTRIBUTES.filter((name) => node.hasAttribute(name) && !(name === "value" && node.name !== "remove")).forEach(
        (name) => node.setAttribute(name, node.getAttribute(name).replace(named, `${section.id}-${index}`)),
      );
    });
  });
  section.querySelector(`[name=${section.id}-TOTAL_FORMS]`).value = cards(section).length;
}

/** The amount of an activity is named as what it is: credits, hours, lessons or times. */
function fit(card) {
  const activity = card.querySelector("select[name$=-activity]");
  if (!activity) return;
  const words = JSON.parse(card.closest("fieldset").getAttribute("data-amounts"));
  const label = card.querySelector("label[for$=-amount]");
  label.firstChild.textContent = words[activity.value.split(":")[0]] || "数量";
}
