// Shows JSON Schemas as trees.
import { element, inline } from "./elements.js";

const bounds = [
  ["minLength", "maxLength", "character"], ["minItems", "maxItems", "item"], ["minProperties", "maxProperties", "key"], ["minimum", "maximum", ""],
];

/** Returns the target of a reference within the document. */
export function resolve(document, node) {
  const seen = new Set();
  while (node?.$ref && !seen.has(node.$ref)) {
    seen.add(node.$ref);
    const target = node.$ref.slice(2).split("/").reduce((at, part) => at?.[part.replaceAll("~1", "/").replaceAll("~0", "~")], document);
    const { $ref, ...beside } = node;
    node = { ...target, ...beside };
  }
  return node ?? {};
}

/** Describes a type briefly, such as `string (email) | null`. */
export function typeName(document, node) {
  if (!node) return "anything";
  if (node.$ref) {
    const name = node.$ref.split("/").at(-1);
    return resolve(document, node).enum ? `${name} (one of)` : name;
  }
  if (node.anyOf) return node.anyOf.map((part) => typeName(document, part)).join(" | ");
  if (node.oneOf) return "one of";
  const type = [node.type ?? "anything"].flat().join(" | ");
  if (node.type === "array") return `list of ${typeName(document, node.items)}`;
  if (node.additionalProperties) return `map of ${typeName(document, node.additionalProperties)}`;
  return node.format ? `${type} (${node.format})` : type;
}

/** Describes the constraints of a value, such as `1 to 200 characters`. */
export function ruleText(node) {
  const words = bounds.map(([lower, upper, noun]) => boundText(node[lower], node[upper], noun));
  return [...words, node.pattern && `matches ${node.pattern}`].filter(Boolean).join(", ");
}

function boundText(lower, upper, noun) {
  if (lower === undefined && upper === undefined) return "";
  const count = lower === undefined ? `at most ${upper}` : upper === undefined ? `at least ${lower}` : lower === upper ? lower : `${lower} to ${upper}`;
  return noun ? `${count} ${noun}${(upper ?? lower) === 1 ? "" : "s"}` : String(count);
}

/** Returns the named type inside lists, maps and nullable types. */
function core(node) {
  if (node?.items) return core(node.items);
  if (node?.additionalProperties) return core(node.additionalProperties);
  const other = node?.anyOf?.find((part) => part.type !== "null");
  return other ? core(other) : node;
}

/** The tree of a schema, expanded to two levels. A recursive type is named but not repeated. */
export function schemaTree(document, node) {
  const children = parts(document, node, 0, []);
  const resolved = resolve(document, core(node));
  return element("div", { class: "schema" },
    element("p", { class: "about" }, element("span", { class: "type" }, typeName(document, node)), " ",
      element("span", { class: "rules" }, ruleText(node)), resolved.description ? " — " : "", inline(resolved.description ?? "")),
    words(resolved), children ?? "");
}

function words(node) {
  return node.enum ? element("p", { class: "rules" }, node.enum.flatMap((word, index) => [index ? ", " : "", element("code", {}, word)])) : "";
}

function parts(document, node, depth, around) {
  const inner = core(node);
  const name = inner?.$ref;
  if (name && around.includes(name)) return null;
  const resolved = resolve(document, inner);
  const within = name ? [...around, name] : around;
  if (resolved.oneOf) {
    return element("ul", {}, resolved.oneOf.flatMap((choice) => rows(document, choice, depth, within, choice.description)));
  }
  if (!resolved.properties) return null;
  const made = rows(document, resolved, depth, within);
  return made.length ? element("ul", {}, made) : null;
}

function rows(document, node, depth, around, about) {
  return Object.entries(node.properties ?? {}).map(([name, property]) =>
    row(document, name, about ? { description: about, ...property } : property, (node.required ?? []).includes(name), depth, around));
}

function row(document, name, node, isRequired, depth, around) {
  const resolved = resolve(document, core(node));
  const head = [
    element("code", { class: isRequired ? "must" : "" }, name), " ", element("span", { class: "type" }, typeName(document, node)), " ",
    element("span", { class: "rules" }, ruleText(node)),
  ];
  const about = node.description ? element("p", { class: "about" }, inline(node.description)) : "";
  const children = parts(document, node, depth + 1, around);
  if (!children) return element("li", {}, head, about, words(resolved));
  return element("li", {}, element("details", { open: depth < 1 }, element("summary", {}, head), about, children));
}
