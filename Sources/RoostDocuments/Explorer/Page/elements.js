// Creates elements. Text is only ever set as text, so nothing in a document or a response can become markup.

/** element("p", { class: "hint" }, "text", other) */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== ""));
  return made;
}

/** Formats the Markdown of documentation comments: paragraphs, lists, `code` and links to http. */
export function prose(text) {
  if (!text) return [];
  return text.split(/\n\n+/).map((paragraph) => {
    const lines = paragraph.split("\n");
    if (lines.every((line) => line.startsWith("- "))) return element("ul", {}, lines.map((line) => element("li", {}, inline(line.slice(2)))));
    return element("p", {}, inline(paragraph));
  });
}

export function inline(text) {
  return text.split(/(`[^`]+`|https?:\/\/[^\s)]+)/).map((part) => {
    if (part.startsWith("`")) return element("code", {}, part.slice(1, -1));
    if (/^https?:/.test(part)) return element("a", { href: part, rel: "noreferrer" }, part);
    return part;
  });
}

const token = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g;

/** Highlights JSON. Numbers stay as they are written, even if JavaScript could not represent them. */
export function code(text) {
  const block = element("pre", { class: "code", tabindex: "0" });
  if (text.length > 200_000) {
    block.textContent = text;
    return block;
  }
  let end = 0;
  for (const match of text.matchAll(token)) {
    block.append(text.slice(end, match.index));
    const kind = match[1] ? (match[2] ? "key" : "string") : match[3] ? "word" : "number";
    block.append(element("span", { class: kind }, match[1] ?? match[0]), match[2] ?? "");
    end = match.index + match[0].length;
  }
  block.append(text.slice(end));
  return block;
}

/** Formats JSON over several lines without parsing it, so that no number changes. Other text is returned unchanged. */
export function pretty(text) {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  const parts = text.match(/"(?:\\.|[^"\\])*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [];
  let depth = 0;
  const line = () => "\n" + "  ".repeat(depth);
  return parts.map((part, index) => {
    const opens = (other) => other === "{" || other === "[";
    const closes = (other) => other === "}" || other === "]";
    if (opens(part)) {
      if (closes(parts[index + 1])) return part;
      depth += 1;
      return part + line();
    }
    if (closes(part)) {
      if (opens(parts[index - 1])) return part;
      depth -= 1;
      return line() + part;
    }
    if (part === ",") return part + line();
    return part === ":" ? ": " : part;
  }).join("");
}
