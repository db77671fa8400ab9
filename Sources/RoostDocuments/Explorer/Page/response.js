// Shows responses.
import { code, element, pretty } from "./elements.js";

/** Sends a request and shows the response. */
export async function send({ method, url, headers, body }, form) {
  const start = performance.now();
  let response, bytes;
  try {
    response = await fetch(url, { method, headers, body, credentials: "omit" });
    bytes = new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    return element("div", { class: "problem" }, element("strong", {}, "There was no response. "), error.message);
  }
  const time = performance.now() - start;
  const type = response.headers.get("content-type") ?? "";
  const text = new TextDecoder().decode(bytes);
  const problem = type.startsWith("application/problem+json") ? parsed(text) : null;
  form.showFaults(problem?.errors ?? []);
  return element("div", { class: "response" },
    statusLine(response, time, bytes.length), problem && problemView(problem), bodyView(type, text, bytes, url), headersView(response));
}

function statusLine(response, time, size) {
  return element("p", { role: "status" },
    element("span", { class: "status " + (response.ok ? "good" : "bad") }, `${response.status} ${response.statusText}`),
    element("span", { class: "hint" }, ` in ${time < 10 ? time.toFixed(1) : Math.round(time)} ms, ${size.toLocaleString("en")} bytes`));
}

/** A readable form of a problem document (RFC 9457). */
export function problemView(problem) {
  return element("div", { class: "problem" },
    element("strong", {}, problem.title ?? "Problem"), problem.detail ? element("p", {}, problem.detail) : "",
    problem.errors?.length
      ? element("ul", {}, problem.errors.map((fault) =>
          element("li", {}, element("code", {}, fault.pointer || "/"), " " + fault.message, element("span", { class: "hint" }, ` (${fault.rule})`))))
      : "",
    problem.requestId ? element("p", { class: "note" }, "Request ", element("code", {}, problem.requestId)) : "");
}

function bodyView(type, text, bytes, url) {
  if (bytes.length === 0) return element("p", { class: "hint" }, "No content.");
  if (/json/.test(type)) return code(pretty(text));
  if (/^text\//.test(type)) return element("pre", { class: "code", tabindex: "0" }, text);
  return element("p", {}, `${bytes.length.toLocaleString("en")} bytes of ${type || "an unknown type"}: `, element("a", { href: url }, "open"));
}

function headersView(response) {
  const rows = [...response.headers].map(([name, value]) =>
    element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, element("code", {}, value))));
  return element("details", {}, element("summary", {}, `${rows.length} header fields`), element("table", {}, element("tbody", {}, rows)));
}

export function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
