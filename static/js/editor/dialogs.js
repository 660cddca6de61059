/* The two dialogs of the editor: a link, found by searching the entries, and a picture. */

import { element } from "../dom.js";
import { MOST_OF_PICTURE, megabytes, send } from "./sending.js";

const PAUSE = 200; // milliseconds without a key before the server is asked
const MOST = 8;
let opened = 0;

/** Shows a dialog; `done` is called with a form that is sent and may return a promise, which closes it when kept. */
function show(title, fields, verb, done, others) {
  opened += 1;
  const heading = element("h2", { id: `editor-dialog-${opened}` }, title);
  const wrong = element("p", { role: "alert", class: "editor-wrong" });
  const keep = element("button", { type: "submit", class: "editor-main" }, verb);
  const cancel = element("button", { type: "button" }, "取消");
  const buttons = element("p", { class: "editor-buttons" }, keep, ...(others || []), cancel);
  const form = element("form", { method: "dialog", novalidate: "" }, heading, ...fields, wrong, buttons);
  const dialog = element("dialog", { class: "editor-dialog", "aria-labelledby": heading.id }, form);
  const close = () => dialog.close();
  cancel.addEventListener("click", close);
  dialog.addEventListener("close", () => dialog.remove());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    wrong.textContent = "";
    keep.disabled = true;
    try {
      await done();
      close();
    } catch (error) {
      wrong.textContent = error.message;
    }
    keep.disabled = false;
  });
  document.body.append(dialog);
  dialog.showModal();
  return { close, isOpen: () => dialog.open };
}

function labelled(label, field, help) {
  const words = element("span", {}, label);
  return element("label", {}, words, field, ...(help ? [element("small", {}, help)] : []));
}

/** An address that a link may have, from what was typed; "" for one that it may not. */
export function address(typed) {
  const bare = typed.trim();
  if (/^(https?:\/\/|mailto:|tel:|\/(?!\/)|#)\S+$/i.test(bare)) return bare;
  if (/^[\w-]+(\.[\w-]+)+(\/\S*)?$/.test(bare)) return `https://${bare}`;
  return "";
}

/** Asks for a link; `insert(href, words)` is called with the one that was chosen, with "" to take it away. */
export function askLink(suggest, now, insert) {
  const where = element("input", { type: "text", value: now.href, autocomplete: "off" });
  const words = element("input", { type: "text", value: now.words, autocomplete: "off" });
  const status = element("p", { role: "status", class: "editor-status" });
  const list = element("ul", { class: "editor-found" });
  const fields = [labelled("链接到哪里", where, "输入几个字查找本站的问答，或者粘贴网址。"), status, list];
  if (!now.selected) fields.push(labelled("显示的文字", words));
  let timer = 0;
  let turn = 0;

  async function search() {
    const query = where.value.trim();
    turn += 1;
    const mine = turn;
    list.textContent = "";
    status.textContent = "";
    if (!query || address(query)) return;
    try {
      const answer = await fetch(`${suggest}?q=${encodeURIComponent(query)}`);
      const found = (await answer.json()).suggestions.slice(0, MOST);
      if (mine !== turn) return;
      list.append(...found.map(row));
      status.textContent = found.length ? `找到 ${found.length} 条，按 Tab 键选` : "没有找到相近的问答";
    } catch (error) {
      if (mine === turn) status.textContent = "现在查不了，请直接粘贴网址。";
    }
  }

  function row(entry) {
    const choose = element("button", { type: "button" }, entry.question);
    choose.addEventListener("click", () => {
      where.value = new URL(entry.url, location.href).pathname;
      if (!words.value.trim()) words.value = entry.question;
      list.textContent = "";
      status.textContent = `选了：${entry.question}`;
      where.focus();
    });
    return element("li", {}, choose);
  }

  where.addEventListener("input", (event) => {
    if (event.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE);
  });
  where.addEventListener("compositionend", () => {
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE);
  });

  const take = element("button", { type: "button" }, "去掉链接");
  const dialog = show("链接", fields, "确定", () => {
    const href = address(where.value);
    if (!href) throw new Error("请从找到的问答里选一条，或者粘贴完整的网址（https:// 开头）。");
    insert(href, words.value.trim() || href);
  }, now.href ? [take] : []);
  take.addEventListener("click", () => {
    insert("", "");
    dialog.close();
  });
}

/** Asks for a picture and its description; `insert` gets its attributes. `now` holds those of one that stands there. */
export function askPicture(settings, now, insert) {
  const file = element("input", { type: "file", accept: "image/jpeg,image/png,image/webp,image/gif" });
  const description = element("input", { type: "text", value: now.alt || "", maxlength: settings.longestDescription, autocomplete: "off" });
  const preview = element("img", { alt: "", class: "editor-preview", hidden: "" });
  const progress = element("progress", { max: "1", value: "0", "aria-label": "上传进度", hidden: "" });
  const status = element("p", { role: "status", class: "editor-status" });
  let chosen = now.file || null;
  const help = "给看不到图片的老师读的一句话，比如“登录页右上角的‘忘记密码’按钮”。";
  const fields = now.src || now.file ? [] : [labelled("图片文件", file, `JPG、PNG、WebP 或 GIF，最多 ${megabytes(MOST_OF_PICTURE)}；也可以在编辑区直接粘贴截图。`)];
  fields.push(preview, labelled("图片说明", description, help), progress, status);

  function look() {
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      preview.src = reader.result;
      preview.hidden = false;
    });
    if (chosen && /^image\//.test(chosen.type) && chosen.size <= MOST_OF_PICTURE) reader.readAsDataURL(chosen);
  }

  file.addEventListener("change", () => {
    chosen = file.files[0] || null;
    preview.hidden = true;
    look();
  });
  look();

  const dialog = show(now.src ? "图片说明" : "插入图片", fields, now.src ? "确定" : "上传", async () => {
    const alt = description.value.trim();
    if (!now.src && !chosen) throw new Error("请先选一张图片。");
    if (!alt) throw new Error("请写一句图片说明：图上有什么，要看哪里。");
    if (now.src) return insert({ alt });
    if (chosen.size > MOST_OF_PICTURE) throw new Error(`这张图片有 ${megabytes(chosen.size)}，最多 ${megabytes(MOST_OF_PICTURE)}。请先压缩，或者只截取需要的部分。`);
    progress.hidden = false;
    status.textContent = "正在上传……";
    try {
      const stored = await send(settings.picture, "picture", chosen, settings.token(), (part) => {
        progress.value = part;
        status.textContent = part < 1 ? `正在上传，${Math.round(part * 100)}%` : "已上传，正在处理图片……";
      });
      if (!dialog.isOpen()) return undefined; // 取消 came first
      return insert({ src: stored.src, width: String(stored.width), height: String(stored.height), alt });
    } finally {
      progress.hidden = true;
      status.textContent = "";
    }
  });
}
