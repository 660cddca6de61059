/* The few things every script here does with the page. */

/** A new element with its attributes; what is put into it is text, never markup. */
export function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  Object.keys(attributes || {}).forEach((name) => made.setAttribute(name, attributes[name]));
  made.append(...children);
  return made;
}

/** The device's own memory: may be full, or forbidden, and is then no memory at all. */
export function kept(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch (error) {
    return null;
  }
}

export function keep(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch (error) {
    // Nothing depends on it.
  }
}
