// Pages for what cannot be shown.

import { h } from "../ui/html.js";

const panel = (title, words, requestId) => ({
  title,
  content: h("section", { class: "panel" },
    h("img", { src: "/images/roost.svg", alt: "", width: 88, height: 88 }),
    h("h1", {}, title),
    h("p", {}, words),
    requestId && h("p", { class: "hint" }, `If you write to us, name request ${requestId}.`),
    h("p", {}, h("a", { class: "button", href: "#/" }, "To the shop window"))),
});

export const failure = {
  notFound: async () => panel("Nothing on this perch", "There is no such page. It may have flown."),

  /** What to show in the place of a view that ended with `error`. */
  page(error) {
    if (error.status === 404) return panel("Nothing on this perch", "What you look for is not here. It may have flown.");
    return panel("That did not work", error.message, error.requestId);
  },
};
