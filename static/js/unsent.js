/* Leaving a page asks first where something was typed in it and not sent. */

let leaving = null; // the form that is being sent

export function unsent() {
  window.addEventListener("submit", (event) => {
    leaving = event.defaultPrevented ? null : event.target;
  });
  window.addEventListener("input", () => {
    leaving = null;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!Array.from(document.forms).some((form) => form !== leaving && holdsTyping(form))) return;
    event.preventDefault();
    event.returnValue = "";
  });
}

function holdsTyping(form) {
  if (form.method !== "post" || form.hasAttribute("data-kept") || form.querySelector("[type=password]")) return false;
  if (form.matches("[data-unsent]") || form.querySelector("[aria-invalid=true]")) return true;
  return Array.from(form.querySelectorAll("textarea, input[name]")).some(isTyped);
}

function isTyped(field) {
  if (field.type === "file") return field.files.length > 0;
  return !/^(hidden|checkbox|radio|submit)$/.test(field.type) && field.value !== field.defaultValue;
}
