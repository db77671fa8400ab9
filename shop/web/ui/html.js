// Creates elements without markup strings, so that text from the shop can never become markup.

/** Creates an element. Functions become listeners. An attribute of `true` has no value, and one of `false` or nothing is left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

/** Joins several elements without an enclosing one. */
export function all(...children) {
  const fragment = document.createDocumentFragment();
  fragment.append(...children.flat().filter(Boolean));
  return fragment;
}
