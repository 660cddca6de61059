/* Dates of the credit form: a calendar to choose from beside each, and an example that the chosen cycle accepts. */

import { element } from "./dom.js";

const DAY = /^\s*(\d{4})[-/.\u5e74](\d{1,2})[-/.\u6708](\d{1,2})\u65e5?\s*$/;

export function examples(form) {
  const words = JSON.parse(form.getAttribute("data-examples"));
  const cycle = form.querySelector("[name=cycle]");
  cycle.addEventListener("change", () => {
    const blanks = Array.from(form.querySelectorAll("template"), (template) => template.content);
    [form, ...blanks].forEach((part) => {
      part.querySelectorAll("[data-day]").forEach((field) => {
        field.placeholder = words[cycle.value];
      });
    });
  });
}

/** Gives a calendar to each date that has none yet. */
export function calendars(form) {
  form.querySelectorAll("[data-day]").forEach((field) => {
    if (!field.parentNode.classList.contains("with-calendar")) addCalendar(field);
  });
}

function addCalendar(field) {
  // For fingers and the mouse alone: keys and screen readers have the field beside it, which says the same.
  const attributes = { type: "date", class: "form-control calendar", tabindex: "-1", "aria-hidden": "true" };
  const calendar = element("input", attributes);
  if (calendar.type !== "date") return; // a browser without calendars
  calendar.addEventListener("focus", () => {
    const [, year, month, day] = DAY.exec(field.value) || [];
    calendar.value = year ? [year, month.padStart(2, "0"), day.padStart(2, "0")].join("-") : "";
  });
  calendar.addEventListener("change", () => {
    if (!calendar.value) return;
    field.value = calendar.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  field.parentNode.classList.add("with-calendar");
  field.after(calendar);
}
