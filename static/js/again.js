/* The page to send a form again after signing in: it is sent with the token of whoever signed in meanwhile. */

const PATIENCE = 10000; // milliseconds

/** The token that a page of ours has now; empty where none comes. */
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

document.querySelectorAll("form[data-token-from]").forEach((form) => {
  form.addEventListener("submit", async (event) => {
    if (form.hasAttribute("data-kept")) return; // a second press sends at once, with the token it has
    event.preventDefault();
    form.setAttribute("data-kept", ""); // so leaving asks nothing
    const token = await newToken(form.dataset.tokenFrom);
    if (token) form.querySelector("[name=csrfmiddlewaretoken]").value = token;
    form.submit();
  });
});
