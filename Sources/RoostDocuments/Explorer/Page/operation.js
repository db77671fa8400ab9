// Shows one operation: its parameters, its responses, and a form to try it.
import { code, element, inline, pretty, prose } from "./elements.js";
import { requestForm } from "./request.js";
import { send } from "./response.js";
import { resolve, schemaTree } from "./schema.js";
import { streamView } from "./stream.js";

export function operationView(document, { path, method, operation }) {
  const stream = operation["x-stream"];
  const form = requestForm(document, path, method, operation);
  const body = Object.entries(operation.requestBody?.content ?? {})[0];
  return [
    element("div", { class: "head" }, verb(method, operation), element("code", {}, path)),
    ...prose(operation.summary), ...prose(operation.description), facts(operation),
    element("h3", {}, "Try it"),
    element("div", { class: "panel" }, form.form, stream ? streamView(operation, form) : tryView(form)),
    body?.[1].schema && [element("h3", {}, "Body"), schemaTree(document, body[1].schema)],
    stream && [element("h3", {}, "Messages received"), schemaTree(document, stream.reply)],
    stream?.request && [element("h3", {}, "Messages sent"), schemaTree(document, stream.request)],
    element("h3", {}, "Responses"), responses(document, operation),
  ].flat().filter(Boolean);
}

export function verb(method, operation) {
  return operation["x-stream"] ? element("span", { class: "verb live" }, "LIVE") : element("span", { class: "verb " + method }, method.toUpperCase());
}

function facts(operation) {
  const access = (operation.security ?? []).flatMap((requirement) => Object.entries(requirement)).map(([scheme, roles]) =>
    scheme === "bearer" ? (roles.length ? `Role ${roles.join(", ")}` : "Signed in") : scheme === "serviceKey" ? "Services only" : null);
  return element("div", { class: "facts" },
    access.filter(Boolean).map((text) => element("span", { class: "fact locked" }, text)),
    operation.security ? "" : element("span", { class: "fact" }, "Anyone"),
    element("span", { class: "fact" }, "gRPC ", element("code", {}, operation["x-procedure"])),
    operation.deprecated ? element("span", { class: "fact locked" }, "Deprecated") : "");
}

function tryView(form) {
  const response = element("div", {});
  const button = element("button", { type: "submit", title: "Ctrl+Enter" }, "Send");
  const target = element("code", {});
  const refresh = () => { const { method, url } = form.request; target.textContent = `${method} ${url}`; };
  const submit = async (event) => {
    event.preventDefault();
    if (form.missing) return form.missing.focus();
    button.disabled = true;
    try {
      response.replaceChildren(await send(form.request, form));
    } finally {
      button.disabled = false;
    }
  };
  form.form.addEventListener("input", refresh);
  refresh();
  const view = element("form", { onsubmit: submit, novalidate: true, onkeydown: (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(event);
  } }, form.form, element("div", { class: "actions" }, button, target), response);
  return view;
}

function responses(document, operation) {
  const rows = Object.entries(operation.responses).map(([status, reference]) => {
    const response = resolve(document, reference);
    const [type, media] = Object.entries(response.content ?? {})[0] ?? [];
    const isProblem = type === "application/problem+json";
    return element("tr", {},
      element("th", { scope: "row" }, element("code", {}, status)),
      element("td", {}, inline(response.description), type ? element("span", { class: "hint" }, ` ${type}`) : "",
        media?.schema && !isProblem ? details("Schema", () => schemaTree(document, media.schema)) : "",
        media?.example !== undefined && !isProblem ? details("Example", () => code(pretty(JSON.stringify(media.example)))) : ""));
  });
  return element("table", {}, element("tbody", {}, rows));
}

/** Content that is created when it is opened. */
function details(title, make) {
  const view = element("details", {}, element("summary", {}, title));
  view.addEventListener("toggle", () => { if (view.children.length === 1) view.append(make()); });
  return view;
}
