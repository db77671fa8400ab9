// Pages that are shown instead of a view that failed.

import { h } from "../ui/html.js";

const panel = (title, words, requestId) => ({
  title,
  content: h("section", { class: "panel" },
    h("img", { src: "/images/roost.svg", alt: "", width: 88, height: 88 }),
    h("h1", {}, title),
    h("p", {}, words),
    requestId && h("p", { class: "hint" }, `If you contact us, please mention request ${requestId}.`),
    h("p", {}, h("a", { class: "button", href: "#/" }, "To the home page"))),
});

export const failure = {
  notFound: async () => panel("Nothing on this perch", "This page does not exist. It may have flown away."),

  /** Returns the page to show instead of a view that failed with `error`. */
  page(error) {
    if (error.status === 404) return panel("Nothing on this perch", "What you are looking for is not here. It may have flown away.");
    return panel("Something went wrong", error.message, error.requestId);
  },
};
