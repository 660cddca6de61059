/* The page of a question: an entry goes into the answer at the cursor, and what was typed outlives the window. */

import { entryDraft } from "./entry_draft.js";

const answer = document.getElementById("id_answer");

document.querySelectorAll("[data-insert]").forEach((button) => {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    insert(button.dataset.insert);
  });
});

/** Puts a text on lines of its own in place of what is marked in the answer. */
function insert(text) {
  const before = answer.value.slice(0, answer.selectionStart);
  const after = answer.value.slice(answer.selectionEnd);
  const lines = (before && !before.endsWith("\n") ? "\n" : "") + text + (after.startsWith("\n") ? "" : "\n");
  answer.setRangeText(lines, answer.selectionStart, answer.selectionEnd, "end");
  answer.focus();
  answer.dispatchEvent(new Event("input", { bubbles: true }));
}

entryDraft();
