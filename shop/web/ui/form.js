// Forms whose fields are named by JSON pointers (RFC 6901). The name determines where a value goes in the body, and which field a
// fault belongs to. Only the shop knows the rules, so the browser's own validation is off.

import { sentence } from "./format.js";
import { h } from "./html.js";
import { complain } from "./toast.js";

const idOf = (pointer) => `field${pointer.replaceAll("/", "-")}`;

function around(label, pointer, control, optional) {
  const hint = optional && h("span", { class: "hint" }, " (optional)");
  return h("div", { class: "field" },
    h("label", { for: idOf(pointer) }, label, hint),
    control,
    h("p", { class: "fault", id: `${idOf(pointer)}-fault`, "data-fault": pointer }));
}

const named = (pointer) => ({ id: idOf(pointer), name: pointer, "aria-describedby": `${idOf(pointer)}-fault` });

/** A labelled input. An optional one is left out of the body when it is empty. */
export function field(label, pointer, { optional = false, ...attributes } = {}) {
  return around(label, pointer, h("input", { ...named(pointer), "data-optional": optional, ...attributes }), optional);
}

/** A labelled selection from `[value, text]` pairs. */
export function choice(label, pointer, options, { value: chosen, ...attributes } = {}) {
  const items = options.map(([value, text]) => h("option", { value, selected: value === chosen }, text));
  return around(label, pointer, h("select", { ...named(pointer), ...attributes }, items));
}

/** The body that the fields describe. */
function bodyOf(form) {
  const body = {};
  for (const [pointer, value] of new FormData(form)) {
    if (value === "" && form.elements[pointer].dataset?.optional !== undefined) continue;
    const path = pointer.split("/").slice(1);
    const last = path.pop();
    const parent = path.reduce((object, name) => (object[name] ??= {}), body);
    parent[last] = value;
  }
  return body;
}

/** A form that passes its body to `submit` and shows each fault next to its field. */
export function form({ label, submit, ...attributes }, ...children) {
  const button = h("button", { type: "submit" }, label);
  const element = h("form", { ...attributes, novalidate: true }, ...children, h("div", { class: "actions" }, button));
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    clear(element);
    button.disabled = true;
    try {
      await submit(bodyOf(element), button);
    } catch (problem) {
      if (problem.name !== "AbortError") show(problem, element);
    } finally {
      button.disabled = false;
      button.textContent = label;
    }
  });
  return element;
}

function clear(element) {
  for (const note of element.querySelectorAll("[data-fault]")) note.textContent = "";
  for (const control of element.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
}

/** Faults that belong to no field of the form, and all other problems, are shown as a toast. */
function show(problem, element) {
  const homeless = problem.errors.filter((fault) => !place(fault, element));
  element.querySelector("[aria-invalid]")?.focus();
  if (problem.errors.length === 0 || homeless.length > 0) complain(problem, homeless);
}

function place({ pointer, message }, element) {
  const note = element.querySelector(`[data-fault="${CSS.escape(pointer)}"]`);
  if (!note) return false;
  note.textContent = note.textContent ? `${note.textContent}; ${message}` : sentence(message);
  element.querySelector(`[name="${CSS.escape(pointer)}"]`)?.setAttribute("aria-invalid", "true");
  return true;
}
