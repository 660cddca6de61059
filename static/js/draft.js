/* What is typed into the credit form outlives a reload: in this window of this device only, and sent nowhere. */

import { keep, kept } from "./dom.js";
import { refill } from "./rows.js";

const KEY = "credit-draft";
const OFF = "credit-draft-off"; // kept on the device, so that it stays off

/** The window's own memory, which may be forbidden: null then. */
function memory(act) {
  try {
    return act(sessionStorage);
  } catch (error) {
    return null;
  }
}

/** Returns what is to be called with each change; `changed` is called where something was put back. */
export function draft(form, changed) {
  const place = document.getElementById("draft");
  const usable = memory((store) => {
    store.setItem(`${KEY}-try`, "1");
    store.removeItem(`${KEY}-try`);
    return true;
  });
  if (!place || !usable) return () => {};
  const choice = place.querySelector("input");
  const blank = form.hasAttribute("data-blank") ? typed(form) : "";
  const before = memory((store) => store.getItem(KEY));
  choice.checked = !kept(OFF);
  place.hidden = false;

  function save() {
    form.toggleAttribute("data-kept", choice.checked);
    const now = typed(form);
    memory((store) => (choice.checked && now !== blank ? store.setItem(KEY, now) : store.removeItem(KEY)));
  }

  choice.addEventListener("change", () => {
    keep(OFF, !choice.checked);
    save();
  });
  document.querySelectorAll("[data-forget]").forEach((link) => {
    link.addEventListener("click", () => {
      memory((store) => store.removeItem(KEY));
      form.setAttribute("data-kept", ""); // so leaving asks nothing
    });
  });
  form.toggleAttribute("data-kept", choice.checked);
  if (choice.checked && blank && before) {
    refill(form, new URLSearchParams(before));
    document.getElementById("draft-said").hidden = false;
    changed();
  }
  return save;
}

function typed(form) {
  const fields = new URLSearchParams(new FormData(form));
  fields.delete("csrfmiddlewaretoken");
  return fields.toString();
}
