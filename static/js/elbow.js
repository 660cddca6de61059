/* What is to be noticed in an entry stands beside it while it is typed: the form is sent to an address that saves
   nothing, and the parts that changed come back. Without this script the button 检查 asks for the same. */

const PAUSE = 1500; // milliseconds after the last change
const section = document.querySelector("[data-elbow]");

if (section) {
  const form = section.closest("form");
  const parts = ["elbow-sum", "elbow-findings", "elbow-voices", "elbow-places"];
  let timer = 0;
  let sent = "";
  let running = null;

  const typed = () => new URLSearchParams(Array.from(new FormData(form)).filter(isText)).toString();

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(send, PAUSE);
  };

  async function send() {
    const body = typed();
    if (body === sent) return;
    if (running) running.abort();
    const mine = new AbortController();
    running = mine;
    sent = body;
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    section.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(section.dataset.elbow, { method: "POST", body, headers, signal: mine.signal });
      if (!answer.ok || answer.redirected) throw new Error("no answer");
      const text = await answer.text();
      if (running === mine) show(new DOMParser().parseFromString(text, "text/html"));
    } catch (error) {
      if (running === mine) sent = ""; // asked again with the next change
    }
    if (running === mine) section.removeAttribute("aria-busy");
  }

  function show(page) {
    parts.forEach((id) => {
      const [shown, found] = [document.getElementById(id), page.getElementById(id)];
      if (!found || shown.contains(document.activeElement) || shown.textContent === found.textContent) return;
      while (shown.firstChild) shown.firstChild.remove();
      shown.append(...Array.from(found.childNodes, (node) => document.importNode(node, true)));
    });
  }

  form.addEventListener("input", (event) => event.isComposing || later());
  form.addEventListener("compositionend", later);
  form.addEventListener("change", later);
  if ("checked" in section.dataset) {
    form.setAttribute("data-unsent", ""); // what was sent to be looked at is not saved
    sent = typed();
  } else {
    later();
  }
}

function isText([, value]) {
  return typeof value === "string";
}
