/* Rows put in order by hand: dragged with the mouse, or moved by their buttons. Without this script the buttons ask
   the server for the same. Nothing is saved before the form is sent. */

const list = document.querySelector("[data-order]");

if (list) {
  const form = list.closest("form");
  const said = form.querySelector("[role=status]");
  let dragged = null;

  const note = (words) => {
    form.elements.order.value = Array.from(list.children, (row) => row.dataset.key).join(",");
    form.setAttribute("data-unsent", "");
    said.textContent = words;
  };

  const moves = {
    up: (row) => row.previousElementSibling && list.insertBefore(row, row.previousElementSibling),
    down: (row) => row.nextElementSibling && list.insertBefore(row.nextElementSibling, row),
    first: (row) => list.insertBefore(row, list.firstElementChild),
  };

  list.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=move]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("li");
    moves[button.value.split(":")[1]](row);
    button.focus();
    note(`现在是第 ${Array.from(list.children).indexOf(row) + 1} 个，还没有保存。`);
  });

  Array.from(list.children).forEach((row) => {
    row.draggable = true;
  });
  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("li");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
    dragged.classList.add("dragged");
  });
  list.addEventListener("dragover", (event) => {
    const row = event.target.closest("li");
    if (!dragged) return;
    event.preventDefault();
    if (!row || row === dragged) return;
    const box = row.getBoundingClientRect();
    list.insertBefore(dragged, event.clientY < box.top + box.height / 2 ? row : row.nextElementSibling);
  });
  list.addEventListener("drop", (event) => event.preventDefault());
  list.addEventListener("dragend", () => {
    dragged.classList.remove("dragged");
    dragged = null;
    note("放好了，还没有保存。");
  });
}
