// Signing in, and then continuing to where the person was going.

import * as api from "../api.js";
import { go } from "../router.js";
import { field, form } from "../ui/form.js";
import { h } from "../ui/html.js";

/** Returns where to go afterwards, which is always an address within this site. */
export function onward({ query, address, asked }) {
  const wanted = asked ? address : query.get("then") ?? "#/";
  return wanted.startsWith("#/") ? wanted : "#/";
}

/** `asked` is set if this view is shown instead of one that requires signing in. */
export async function signIn(place) {
  const then = onward(place);
  const submit = async (credentials) => {
    await api.signIn(credentials);
    go(then);
  };
  const content = h("section", { class: "narrow" },
    h("h1", {}, "Sign in"),
    h("p", { class: "lead" }, then === "#/" ? "Good to see you again." : "Please sign in to continue."),
    form({ label: "Sign in", submit },
      field("Email", "/email", { type: "email", autocomplete: "email" }),
      field("Password", "/password", { type: "password", autocomplete: "current-password" })),
    h("p", {}, "New here? ", h("a", { href: `#/sign-up?${new URLSearchParams({ then })}` }, "Create an account"), "."));
  return { title: "Sign in", content };
}
