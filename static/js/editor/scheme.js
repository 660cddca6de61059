/* What an answer can hold: the tags that faq/html.py lets through, and nothing else. */

import { Bold, BulletList, Document, Dropcursor, Gapcursor, HardBreak, Heading, History, Italic, ListItem, Mark, Node, OrderedList, Paragraph, Table, TableCell, TableHeader, TableRow, Text, TrailingNode, wrappingInputRule } from "../../django_prose_editor/editor.js";

/** An attribute that is written as it was read, and not at all where it is empty. */
function attribute(name, initial) {
  return {
    default: initial,
    parseHTML: (tag) => tag.getAttribute(name) || initial,
    renderHTML: (values) => (values[name] === initial ? {} : { [name]: values[name] }),
  };
}

const Note = Node.create({
  name: "note",
  group: "block",
  content: "block+",
  defining: true,
  parseHTML: () => [{ tag: "div.note" }],
  renderHTML: () => ["div", { class: "note" }, 0],
});

const Picture = Node.create({
  name: "picture",
  group: "inline",
  inline: true,
  atom: true,
  draggable: true,
  addAttributes: () => ({
    src: attribute("src", ""),
    alt: attribute("alt", ""),
    width: attribute("width", ""),
    height: attribute("height", ""),
  }),
  parseHTML: () => [{ tag: 'img[src^="/media/"]' }],
  renderHTML: ({ HTMLAttributes }) => ["img", Object.assign({ alt: "" }, HTMLAttributes)],
});

const Link = Mark.create({
  name: "link",
  inclusive: false,
  addAttributes: () => ({ href: attribute("href", "") }),
  parseHTML: () => [{ tag: "a[href]" }],
  renderHTML: ({ HTMLAttributes }) => ["a", HTMLAttributes, 0],
});

const Steps = OrderedList.extend({
  addAttributes: () => ({
    start: {
      default: 1,
      parseHTML: (tag) => Number(tag.getAttribute("start")) || 1,
      renderHTML: (values) => (values.start === 1 ? {} : { start: values.start }),
    },
  }),
  renderHTML: ({ HTMLAttributes }) => ["ol", HTMLAttributes, 0],
  addInputRules() {
    // As Word does: 1、 at the beginning of a line begins a list.
    return [wrappingInputRule({ find: /^([0-9]{1,2})[、.．] ?$/, type: this.type, getAttributes: (found) => ({ start: Number(found[1]) }) })];
  },
});

const Rows = Table.extend({
  addNodeView: () => null,
  renderHTML: () => ["div", { class: "table-scroll" }, ["table", ["tbody", 0]]],
}).configure({ resizable: false });

const HeadCell = TableHeader.extend({
  addAttributes() {
    return Object.assign({}, this.parent ? this.parent() : {}, { scope: attribute("scope", "") });
  },
});

export const SCHEME = [
  ...[Document, Paragraph, Text, HardBreak, Bold, Italic, Link, Heading.configure({ levels: [3, 4] })],
  ...[BulletList, Steps, ListItem, Rows, TableRow, TableCell, HeadCell, Note, Picture],
  ...[History, Gapcursor, Dropcursor, TrailingNode],
];
