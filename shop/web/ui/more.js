// Lists that are loaded page by page.

import { h } from "./html.js";
import { complain } from "./toast.js";

/**
  * Adds the items of `page` to `list`, and returns a button that fetches the next page.
  * `fetch(cursor)` returns a page, and `draw(item)` an element. The first new item gets the focus.
 */
export function pages(list, page, fetch, draw) {
  let { next } = page;
  const button = h("button", { type: "button", class: "quiet", hidden: next === null, onclick: more }, "Show more");

  async function more() {
    button.disabled = true;
    try {
      const following = await fetch(next);
      const fresh = following.items.map(draw);
      list.append(...fresh);
      next = following.next;
      fresh[0]?.querySelector("a")?.focus({ preventScroll: true });
    } catch (problem) {
      if (problem.name !== "AbortError") complain(problem);
    }
    button.disabled = false;
    button.hidden = next === null;
  }

  list.append(...page.items.map(draw));
  return h("p", { class: "more" }, button);
}
