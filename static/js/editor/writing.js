/* Writes an answer as HTML, exactly as faq/html.py leaves it: what is sent is what is saved. */

const SIGNS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\u00a0": "&nbsp;" };
const MARKS = { link: "a", bold: "strong", italic: "em" };

function text(words) {
  return words.replace(/[&<>\u00a0]/g, (sign) => SIGNS[sign]);
}

function value(words) {
  return words.replace(/[&<>"\u00a0]/g, (sign) => SIGNS[sign]);
}

function children(node) {
  const found = [];
  node.forEach((child) => found.push(child));
  return found;
}

/** HTML of a whole answer; "" for one without content. */
export function written(doc) {
  return blocks(doc, "\n");
}

function blocks(node, between) {
  return children(node).map(block).filter(Boolean).join(between || "");
}

function block(node) {
  const name = node.type.name;
  if (name === "paragraph") return wrapped("p", line(node));
  if (name === "heading") return wrapped(`h${node.attrs.level}`, line(node));
  if (name === "bulletList") return wrapped("ul", items(node));
  if (name === "orderedList") return wrapped("ol", items(node), node.attrs.start === 1 ? "" : ` start="${node.attrs.start}"`);
  if (name === "note") return wrapped("div", blocks(node), ' class="note"');
  if (name === "table") return table(node);
  return blocks(node);
}

function wrapped(tag, content, attributes) {
  return content ? `<${tag}${attributes || ""}>${content}</${tag}>` : "";
}

function items(list) {
  return children(list).map((item) => `<li>${light(item)}</li>`).join("");
}

/** The content of an item or a cell: its only line, and one before further lists, stands there without a tag. */
function light(node) {
  const inside = children(node);
  const alone = inside.slice(1).every((other) => /List$/.test(other.type.name) || !other.content.size);
  if (inside.length && inside[0].type.name === "paragraph" && alone) {
    return line(inside[0]) + inside.slice(1).map(block).join("");
  }
  return blocks(node);
}

function table(node) {
  const rows = children(node);
  const body = rows.findIndex((row) => children(row).some((cell) => cell.type.name === "tableCell" || cell.attrs.rowspan > 1));
  const head = rows.slice(0, Math.max(body, 0));
  const rest = rows.slice(head.length);
  return wrapped("table", wrapped("thead", head.map(row).join("")) + wrapped("tbody", rest.map(row).join("")));
}

function row(node) {
  return wrapped("tr", children(node).map(cell).join(""));
}

function cell(node) {
  const tag = node.type.name === "tableHeader" ? "th" : "td";
  const scope = tag === "th" && node.attrs.scope ? ` scope="${value(node.attrs.scope)}"` : "";
  const spans = ["rowspan", "colspan"].filter((name) => node.attrs[name] > 1).map((name) => ` ${name}="${node.attrs[name]}"`);
  return `<${tag}${scope}${spans.join("")}>${light(node)}</${tag}>`;
}

/** The words of a line; links outside, bold and italic letters within them, pieces that look the same together. */
function line(node) {
  let html = "";
  let open = [];
  children(node).forEach((piece) => {
    const wanted = Object.keys(MARKS).map((name) => piece.marks.find((mark) => mark.type.name === name)).filter(Boolean);
    let same = 0;
    while (same < open.length && same < wanted.length && open[same].eq(wanted[same])) same += 1;
    html += closed(open.slice(same)) + wanted.slice(same).map(opened).join("") + inline(piece);
    open = wanted;
  });
  return html + closed(open);
}

function opened(mark) {
  if (mark.type.name !== "link") return `<${MARKS[mark.type.name]}>`;
  return `<a href="${value(mark.attrs.href)}" rel="noopener noreferrer">`;
}

function closed(marks) {
  return marks.slice().reverse().map((mark) => `</${MARKS[mark.type.name]}>`).join("");
}

function inline(piece) {
  if (piece.isText) return text(piece.text.replace(/\s*\n\s*/g, " "));
  if (piece.type.name === "hardBreak") return "<br>";
  const sides = ["width", "height"].filter((name) => piece.attrs[name]).map((name) => ` ${name}="${piece.attrs[name]}"`);
  const description = value(piece.attrs.alt.replace(/</g, "＜").replace(/>/g, "＞"));
  return `<img src="${value(piece.attrs.src)}" alt="${description}"${sides.join("")}>`;
}
