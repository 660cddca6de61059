/* Leaving a page asks first where something was typed in it and not sent. */

const PATIENCE = 10000; // milliseconds
let leaving = null; // the form that is being sent

export function unsent() {
  window.addEventListener("submit", (event) => {
    if (!event.defaultPrevented && event.target.dataset.tokenFrom) {
      event.preventDefault();
      sendWithNewToken(event.target);
      return;
    }
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

/** Sends a form with the token of whoever signed in meanwhile, read from a page of ours; with its own where none comes. */
async function sendWithNewToken(form) {
  const address = form.dataset.tokenFrom;
  form.removeAttribute("data-token-from"); // a second press sends at once
  const token = await newToken(address);
  if (leaving === form) return;
  if (token) form.querySelector("[name=csrfmiddlewaretoken]").value = token;
  leaving = form;
  form.submit();
}

async function newToken(address) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const answer = await fetch(address, { credentials: "same-origin", cache: "no-store", signal: stop.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return (page.querySelector("[name=csrfmiddlewaretoken]") || {}).value;
  } catch (error) {
    return "";
  } finally {
    clearTimeout(timer);
  }
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
