// Creating an account. The person is then signed in automatically.

import * as api from "../api.js";
import { go } from "../router.js";
import { field, form } from "../ui/form.js";
import { h } from "../ui/html.js";
import { say } from "../ui/toast.js";
import { onward } from "./sign-in.js";

export async function signUp(place) {
  const then = onward(place);
  const submit = async (account) => {
    const { name } = await api.signUp(account);
    await api.signIn(account);
    say(`Welcome, ${name}.`);
    go(then);
  };
  const content = h("section", { class: "narrow" },
    h("h1", {}, "Create an account"),
    h("p", { class: "lead" }, "A name, an email and a password. That is all we ask."),
    form({ label: "Create account", submit },
      field("Your name", "/name", { autocomplete: "name" }),
      field("Email", "/email", { type: "email", autocomplete: "email" }),
      field("Password (10 characters or more)", "/password", { type: "password", autocomplete: "new-password" })),
    h("p", {}, "Already have an account? ", h("a", { href: `#/sign-in?${new URLSearchParams({ then })}` }, "Sign in"), "."));
  return { title: "Create an account", content };
}
