/* The visual editor of an answer, over the plain text field of the admin's form.

   Where a browser cannot run it, or an answer holds what it cannot show, the plain field stays. The field is written only
   when something was changed, so that an answer that was only looked at stays as it is. */

import { Editor, pm } from "../../django_prose_editor/editor.js";
import { element } from "../dom.js";
import { askLink, askPicture } from "./dialogs.js";
import { SCHEME } from "./scheme.js";
import { MOST_OF_PASTE, MOST_SIGNS, megabytes, send } from "./sending.js";
import { toolbar } from "./toolbar.js";
import { written } from "./writing.js";

if (typeof HTMLDialogElement === "function") document.querySelectorAll("textarea[data-answer-editor]").forEach(edit);

/** The document of an answer; captions, which tables of the editor lack, become lines above them. */
function read(schema, html) {
  const body = new DOMParser().parseFromString(html, "text/html").body;
  body.querySelectorAll("caption").forEach((caption) => {
    const line = document.createElement("p");
    line.append(...caption.childNodes);
    caption.closest("table").before(line);
    caption.remove();
  });
  return { doc: pm.model.DOMParser.fromSchema(schema).parse(body), body };
}

/** Plain text as HTML, a paragraph for each blank line. */
function paragraphs(text) {
  const holder = document.createElement("div");
  text.split(/\n\s*\n/).forEach((part) => {
    const lines = part.split("\n").map((line) => [document.createElement("br"), line]);
    holder.append(element("p", {}, ...[].concat(...lines).slice(1)));
  });
  return holder;
}

function words(text) {
  return text.replace(/\s+/g, "");
}

function edit(field) {
  const settings = {
    picture: field.dataset.picture,
    paste: field.dataset.paste,
    suggest: field.dataset.suggest,
    longestDescription: field.dataset.longestDescription,
    token: () => field.form.querySelector("[name=csrfmiddlewaretoken]").value,
  };
  const label = document.querySelector(`label[for="${field.id}"]`);
  const page = element("div", { class: "editor-page" });
  const said = element("p", { role: "status", class: "editor-said" });
  const root = element("div", { class: "editor" });
  const format = element("input", { type: "hidden", name: `${field.name}-format`, value: "html", disabled: "" });
  const hint = element("p", { class: "editor-hint" }, "可以从 Word、WPS、微信文章直接粘贴，截图也可以。按 Alt+F10 到工具栏，按 Esc 离开编辑区。");
  let bar = null;
  let reading = false;
  let writing = false;

  const editor = new Editor({
    element: page,
    injectCSS: false, // a style element, which the policy forbids
    extensions: SCHEME,
    editorProps: {
      attributes: {
        id: `${field.id}-editor`,
        class: "answer",
        role: "textbox",
        "aria-multiline": "true",
        "aria-label": label ? label.textContent.replace(/[:：]\s*$/, "") : "答案",
        "aria-required": "true",
        "aria-invalid": String(field.getAttribute("aria-invalid") === "true"),
        spellcheck: "false",
      },
      // Before the editor itself parses what was copied, whose styles the policy would report.
      handleDOMEvents: { paste: (view, event) => pasted(event), drop: (view, event) => dropped(event) },
      handleKeyDown: (view, event) => pressed(event),
    },
    onUpdate: () => {
      if (!reading) write();
    },
    onTransaction: () => {
      if (bar) bar.update();
    },
  });

  function write() {
    writing = true;
    format.disabled = false;
    field.value = written(editor.state.doc);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    writing = false;
  }

  /** Shows what the field holds; false where the editor would lose words of it. */
  function load() {
    const plain = !/<[a-z]/i.test(field.value);
    const { doc, body } = read(editor.schema, plain ? "" : field.value);
    const shown = plain ? pm.model.DOMParser.fromSchema(editor.schema).parse(paragraphs(field.value)) : doc;
    if (words(shown.textContent) !== words(plain ? field.value : body.textContent)) return false;
    reading = true;
    const { tr } = editor.state;
    editor.view.dispatch(tr.replaceWith(0, tr.doc.content.size, shown.content).setMeta("addToHistory", false));
    reading = false;
    return true;
  }

  function say(sentence, wrong) {
    said.textContent = sentence;
    said.classList.toggle("editor-wrong", Boolean(wrong));
  }

  // --- pasting -----------------------------------------------------------------------------------------------

  function pasted(event) {
    const clipboard = event.clipboardData;
    const html = clipboard.getData("text/html");
    const file = Array.from(clipboard.files).find((one) => /^image\//.test(one.type));
    if (file && !words(html.replace(/<style[^]*?<\/style>|<[^>]*>|&nbsp;/g, ""))) {
      event.preventDefault();
      picture({ file });
      return true;
    }
    const text = clipboard.getData("text/plain");
    if (!html && isTooLong(text)) {
      event.preventDefault();
      return true;
    }
    if (!html || /data-pm-slice/.test(html)) return false; // plain text, or out of this very editor
    event.preventDefault();
    tidy(html, text);
    return true;
  }

  /** Says so where a text is longer than any answer may be; the browser would stand still over it. */
  function isTooLong(text) {
    if (text.length <= MOST_SIGNS) return false;
    say(`粘贴的文字有 ${text.length} 个字，一条答案最多 ${MOST_SIGNS} 个字符，所以没有粘贴。请分成几条问答，或者分几次粘贴需要的部分。`, true);
    return true;
  }

  async function tidy(html, text) {
    const file = new Blob([html], { type: "text/html" });
    if (file.size > MOST_OF_PASTE) {
      say(`粘贴的内容有 ${megabytes(file.size)}，一次最多 4 MB，所以没有粘贴。请分几次粘贴，或者先粘贴到记事本里再复制文字。`, true);
      return;
    }
    say("正在整理粘贴的内容……");
    try {
      const answer = await send(settings.paste, "html", file, settings.token());
      insert(read(editor.schema, answer.html).doc);
      const lost = answer.left_out.filter((name) => name !== "图片");
      const sentences = answer.left_out.includes("图片") ? ["图片没有带过来：请截图后直接粘贴，或者用“图片”按钮上传。"] : [];
      if (lost.length) sentences.push(`${lost.join("、")}没有带过来。`);
      say(sentences.join("") || "已粘贴，格式整理好了。");
    } catch (error) {
      const fits = text && text.length <= MOST_SIGNS;
      if (fits) insert(pm.model.DOMParser.fromSchema(editor.schema).parse(paragraphs(text)));
      say(fits ? `${error.message}先只粘贴了文字。` : error.message, true);
    }
  }

  /** Inserts at the cursor: a single line goes on where it stands, blocks keep their kind. */
  function insert(doc) {
    const single = doc.childCount === 1 && doc.firstChild.type.name === "paragraph";
    const slice = single ? pm.model.Slice.maxOpen(doc.content) : new pm.model.Slice(doc.content, 0, 0);
    editor.view.dispatch(editor.state.tr.replaceSelection(slice).scrollIntoView());
    editor.view.focus();
  }

  function dropped(event) {
    const file = Array.from(event.dataTransfer ? event.dataTransfer.files : []).find((one) => /^image\//.test(one.type));
    if (!file && event.dataTransfer && isTooLong(event.dataTransfer.getData("text/plain"))) {
      event.preventDefault();
      return true;
    }
    if (!file) return false;
    event.preventDefault();
    picture({ file });
    return true;
  }

  // --- asking ------------------------------------------------------------------------------------------------

  function link() {
    if (editor.isActive("link")) editor.commands.extendMarkRange("link");
    const { empty } = editor.state.selection;
    const now = { href: editor.getAttributes("link").href || "", words: "", selected: !empty };
    askLink(settings.suggest, now, (href, text) => {
      const chain = editor.chain().focus();
      if (!href) chain.unsetMark("link").run();
      else if (now.selected) chain.setMark("link", { href }).run();
      else chain.insertContent([{ type: "text", text, marks: [{ type: "link", attrs: { href } }] }]).run();
    });
  }

  function picture(given) {
    const now = editor.isActive("picture") && !given ? editor.getAttributes("picture") : given || {};
    askPicture(settings, now, (attributes) => {
      const chain = editor.chain().focus();
      if (now.src) chain.updateAttributes("picture", attributes).run();
      else chain.insertContent({ type: "picture", attrs: attributes }).run();
    });
  }

  function pressed(event) {
    if (event.isComposing) return false;
    if (event.key === "Escape" || (event.altKey && event.key === "F10")) {
      bar.focus();
      return true;
    }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      link();
      return true;
    }
    return false;
  }

  // --- taking the place of the field -------------------------------------------------------------------------

  if (!load()) {
    editor.destroy();
    field.before(element("p", { class: "editor-said" }, "这条答案里有编辑器显示不了的内容，请在下面直接修改文字和 HTML。"));
    return;
  }
  field.before(root);
  bar = toolbar(editor, root, { link, picture: () => picture() }, `${field.id}-editor`);
  root.append(page, said, hint, format, field);
  field.hidden = true;
  const help = document.getElementById(`${field.id}_helptext`);
  if (help) help.hidden = true; // it tells of the field without the editor
  field.required = false; // nobody could see the browser's own message; the server's stands above the editor
  if (label) label.addEventListener("click", () => editor.commands.focus());
  field.addEventListener("input", () => {
    if (!writing) load(); // a script put something into the field, such as a draft kept earlier
  });
}
