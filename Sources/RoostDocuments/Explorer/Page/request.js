// The form for a request.
import { element, inline, pretty } from "./elements.js";
import { resolve, ruleText, typeName } from "./schema.js";

/** Keeps the token for as long as the tab is open. */
export const session = {
  get token() { return sessionStorage.getItem("roost.token") ?? ""; },
  set token(value) { value ? sessionStorage.setItem("roost.token", value) : sessionStorage.removeItem("roost.token"); },
};

/** The form for an operation: its element and its values. */
export function requestForm(document, path, method, operation) {
  // A page cannot set the cookies of its requests: the browser adds those that it has.
  const parameters = (operation.parameters ?? []).filter((parameter) => parameter.in !== "cookie");
  const fields = parameters.map((parameter) => parameterField(document, parameter));
  const body = operation.requestBody ? bodyField(operation.requestBody) : null;
  const form = element("div", { class: "fields" }, fields.map((field) => field.row), body?.row);
  const named = (place) => fields.filter((field) => field.place === place && (field.value !== "" || place === "path"));
  return {
    form,
    get request() {
      const filled = path.replace(/\{([^}]+)\}/g, (_, name) =>
        encodeURIComponent(named("path").find((field) => field.name === name)?.value ?? ""));
      const query = new URLSearchParams(named("query").flatMap((field) => field.values.map((value) => [field.name, value]))).toString();
      const headers = Object.fromEntries(named("header").map((field) => [field.name, field.value]));
      if (session.token && operation.security) headers.Authorization = "Bearer " + session.token;
      if (body && body.text !== "") headers["Content-Type"] = body.type;
      return { method: method.toUpperCase(), url: filled + (query ? "?" + query : ""), headers, body: body?.text || undefined };
    },
    /** The first required field that is empty, if any. */
    get missing() { return fields.find((field) => field.isRequired && field.value === "")?.input; },
    showFaults(faults) {
      for (const field of [...fields, body].filter(Boolean)) field.clear();
      for (const fault of faults) {
        const field = fields.find((candidate) => candidate.has(fault.pointer)) ?? body;
        field?.fault(fault);
      }
    },
  };
}

function withFaults(input, row, name) {
  return {
    clear() {
      input.classList.remove("wrong");
      row.querySelectorAll(".fault").forEach((shown) => shown.remove());
    },
    fault({ pointer, message }) {
      input.classList.add("wrong");
      row.append(element("p", { class: "fault" }, name ? message : [element("code", {}, pointer || "/"), " " + message]));
    },
  };
}

function parameterField(document, parameter) {
  const schema = resolve(document, parameter.schema);
  const id = `parameter-${parameter.in}-${parameter.name}`;
  const attributes = { id, name: parameter.name, "aria-required": parameter.required ? "true" : undefined, spellcheck: "false" };
  const choices = schema.enum ?? (schema.type === "boolean" ? ["true", "false"] : null);
  const isList = schema.type === "array";
  const input = isList
    ? element("textarea", { ...attributes, rows: 2 })
    : choices
    ? element("select", attributes, element("option", { value: "" }, "—"), choices.map((choice) => element("option", {}, choice)))
    : element("input", attributes);
  if (parameter.example !== undefined) input.value = parameter.example;
  const about = [
    typeName(document, parameter.schema), ruleText(parameter.schema), "in " + parameter.in, isList ? "one value in each line" : "",
  ].filter(Boolean).join(", ");
  const row = element("div", { class: "field" },
    element("label", { for: id, class: parameter.required ? "must" : "" }, element("code", {}, parameter.name)), input,
    element("p", { class: "note" }, about, parameter.description ? [". ", inline(parameter.description)] : ""));
  return {
    row, input, name: parameter.name, place: parameter.in, isRequired: parameter.required,
    get value() { return input.value; },
    /** The values that are sent: the lines of a list. */
    get values() { return isList ? input.value.split("\n").filter((line) => line !== "") : [input.value]; },
    has(pointer) { return pointer === "/" + parameter.name || (isList && pointer.startsWith(`/${parameter.name}/`)); },
    ...withFaults(input, row, isList ? "" : parameter.name),
  };
}

function bodyField(requestBody) {
  const [type, media] = Object.entries(requestBody.content)[0];
  const shown = type === "*/*" ? "application/octet-stream" : type;
  const example = media.example === undefined ? "" : pretty(JSON.stringify(media.example));
  const text = element("textarea", {
    id: "body", rows: Math.min(Math.max(example.split("\n").length + 1, 4), 24), spellcheck: "false", "aria-label": "Body",
  });
  text.value = example;
  const row = element("div", {}, element("label", { for: "body" }, "Body, ", element("code", {}, shown)), text);
  return {
    row, type: shown,
    get text() { return text.value; },
    ...withFaults(text, row),
  };
}
