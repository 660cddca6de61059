/* The toolbar: one stop of the Tab key, arrow keys within; a second row appears inside a table. */

import { element } from "../dom.js";

/** Buttons: name, what it does, and where it is pressed or cannot be used. `do` gets the editor's chain of commands. */
function groups(ask) {
  return [
    [
      { name: "段落", do: (chain) => chain.setParagraph(), on: (editor) => editor.isActive("paragraph") && !editor.isActive("listItem") },
      { name: "小标题", do: (chain) => chain.toggleHeading({ level: 3 }), on: (editor) => editor.isActive("heading", { level: 3 }) },
      { name: "次小标题", do: (chain) => chain.toggleHeading({ level: 4 }), on: (editor) => editor.isActive("heading", { level: 4 }) },
    ],
    [
      { name: "加粗", keys: "Ctrl+B", do: (chain) => chain.toggleBold(), on: (editor) => editor.isActive("bold") },
      { name: "编号步骤", do: (chain) => chain.toggleOrderedList(), on: (editor) => editor.isActive("orderedList") },
      { name: "项目符号", do: (chain) => chain.toggleBulletList(), on: (editor) => editor.isActive("bulletList") },
      { name: "提示框", do: (chain, editor) => (editor.isActive("note") ? chain.lift("note") : chain.wrapIn("note")), on: (editor) => editor.isActive("note") },
    ],
    [
      { name: "链接", keys: "Ctrl+K", ask: ask.link, on: (editor) => editor.isActive("link") },
      { name: "图片", ask: ask.picture, on: (editor) => editor.isActive("picture") },
      { name: "表格", do: (chain) => chain.insertTable({ rows: 3, cols: 2, withHeaderRow: true }), off: (editor) => editor.isActive("table") },
    ],
    [
      { name: "清除格式", do: (chain) => chain.unsetAllMarks().clearNodes() },
      { name: "撤销", keys: "Ctrl+Z", do: (chain) => chain.undo(), off: (editor) => !editor.can().undo() },
      { name: "重做", keys: "Ctrl+Y", do: (chain) => chain.redo(), off: (editor) => !editor.can().redo() },
    ],
  ];
}

const OF_TABLE = [
  { name: "下面加一行", do: (chain) => chain.addRowAfter() },
  { name: "右边加一列", do: (chain) => chain.addColumnAfter() },
  { name: "删除这一行", do: (chain) => chain.deleteRow() },
  { name: "删除这一列", do: (chain) => chain.deleteColumn() },
  { name: "表头行", do: (chain) => chain.toggleHeaderRow() },
  { name: "删除表格", do: (chain) => chain.deleteTable() },
];

/** Puts the toolbar into `place`; returns what to call when the editor changes, and what gives it the focus. */
export function toolbar(editor, place, ask, controls) {
  const made = [];
  const button = (entry) => {
    const title = entry.keys ? `${entry.name}（${entry.keys}）` : entry.name;
    const shown = element("button", { type: "button", tabindex: "-1", title, "aria-label": entry.name }, entry.name);
    shown.addEventListener("mousedown", (event) => event.preventDefault()); // the words stay selected
    shown.addEventListener("click", () => {
      if (shown.getAttribute("aria-disabled") === "true") return;
      if (entry.ask) entry.ask();
      else entry.do(editor.chain().focus(), editor).run();
    });
    made.push({ entry, shown });
    return shown;
  };
  const row = (entries) => element("span", { class: "editor-group" }, ...entries.map(button));
  const table = element("div", { class: "editor-table-tools", hidden: "", role: "group", "aria-label": "表格" });
  const bar = element("div", { role: "toolbar", "aria-label": "答案的格式", "aria-controls": controls, class: "editor-toolbar" });
  bar.append(...groups(ask).map(row), table);
  table.append(...OF_TABLE.map(button));
  place.append(bar);
  let current = made[0].shown;

  function usable() {
    return made.map((one) => one.shown).filter((shown) => !shown.closest("[hidden]"));
  }

  function settle(shown) {
    current = shown;
    made.forEach((one) => one.shown.setAttribute("tabindex", one.shown === shown ? "0" : "-1"));
  }

  function update() {
    table.hidden = !editor.isActive("table");
    made.forEach(({ entry, shown }) => {
      if (entry.on) shown.setAttribute("aria-pressed", String(Boolean(entry.on(editor))));
      if (entry.off) shown.setAttribute("aria-disabled", String(Boolean(entry.off(editor))));
    });
    if (current.closest("[hidden]")) settle(made[0].shown);
  }

  bar.addEventListener("keydown", (event) => {
    const shown = usable();
    const at = shown.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: shown.length - 1 }[event.key];
    if (event.key === "Escape") editor.commands.focus();
    if (to === undefined || at < 0) return;
    event.preventDefault();
    settle(shown[(to + shown.length) % shown.length]);
    current.focus();
  });
  bar.addEventListener("focusin", (event) => {
    if (made.some((one) => one.shown === event.target)) settle(event.target);
  });
  settle(current);
  update();
  return { update, focus: () => current.focus() };
}
