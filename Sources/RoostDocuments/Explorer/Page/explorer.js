// The page: the list of operations, and the one that the fragment of the address selects.
import { element, prose } from "./elements.js";
import { eventView, protoView } from "./events.js";
import { operationView, verb } from "./operation.js";
import { session } from "./request.js";

const at = (id) => document.getElementById(id);
const load = (path) => fetch(path).then((response) => (response.ok ? response.json() : null)).catch(() => null);

const [api, events, protos] = await Promise.all(["/openapi.json", "/asyncapi.json", "/protos/"].map(load));

/** Everything that can be selected, in the order of the list. */
const entries = [...operations(), ...topics(), ...files()];

function operations() {
  return Object.entries(api?.paths ?? {}).flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => ({
    id: operation.operationId, group: operation.tags?.[0] ?? "other", mark: verb(method, operation), name: path,
    words: `${method} ${path} ${operation.operationId} ${operation.summary ?? ""}`, view: () => operationView(api, { path, method, operation }),
  })));
}

function topics() {
  return Object.keys(events?.channels ?? {}).map((topic) => ({
    id: "event:" + topic, group: "events", mark: element("span", { class: "verb event" }, "EVENT"), name: topic,
    words: `event ${topic} ${events.channels[topic].title ?? ""}`, view: () => eventView(events, topic),
  }));
}

function files() {
  if (!protos?.files?.length) return [];
  const mark = element("span", { class: "verb" }, "PROTO");
  return [{ id: "grpc", group: "grpc", mark, name: "Protocol Buffers", words: "grpc proto protocol buffers", view: () => protoView(protos.files) }];
}

function showList() {
  const wanted = at("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  const kept = entries.filter((entry) => wanted.every((word) => entry.words.toLowerCase().includes(word)));
  const groups = Map.groupBy(kept, (entry) => entry.group);
  const current = decodeURIComponent(location.hash.slice(1));
  at("list").replaceChildren(...[...groups].map(([name, members]) => element("section", {}, element("h2", {}, name),
    element("ul", {}, members.map((entry) => element("li", {}, element("a", {
      href: "#" + encodeURIComponent(entry.id), title: entry.words, "aria-current": entry.id === current ? "page" : undefined,
    }, entry.mark, element("span", { class: "path" }, entry.name))))))));
  if (kept.length === 0) at("list").replaceChildren(element("p", { class: "hint" }, "Nothing matches."));
}

function overview() {
  if (!api) return [element("p", { class: "problem" }, "/openapi.json could not be read.")];
  const tags = (api.tags ?? []).map((tag) => element("tr", {}, element("th", { scope: "row" }, tag.name),
    element("td", {}, tag.description ?? "", element("span", { class: "hint" }, ` (${entries.filter((entry) => entry.group === tag.name).length})`))));
  return [
    element("h2", {}, api.info.title), ...prose(api.info.description), element("table", {}, element("tbody", {}, tags)),
    element("h3", {}, "Documents"),
    element("ul", {}, element("li", {}, element("a", { href: "/openapi.json" }, "OpenAPI 3.1")),
      events ? element("li", {}, element("a", { href: "/asyncapi.json" }, "AsyncAPI 3.0")) : "",
      protos?.files?.length ? element("li", {}, element("a", { href: "#grpc" }, "Protocol Buffers")) : ""),
  ];
}

function showChosen({ moveFocus }) {
  const id = decodeURIComponent(location.hash.slice(1));
  const entry = entries.find((candidate) => candidate.id === id);
  at("main").replaceChildren(...(entry ? entry.view() : overview()));
  document.title = `${entry ? entry.name + " · " : ""}${api?.info.title ?? "API"}`;
  at("list").querySelectorAll("a").forEach((link) => {
    if (decodeURIComponent(link.hash.slice(1)) === id) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  });
  setMenu(false);
  if (moveFocus) {
    scrollTo(0, 0);
    at("main").focus({ preventScroll: true });
  }
}

function setMenu(isOpen) {
  at("side").classList.toggle("open", isOpen);
  at("menu").setAttribute("aria-expanded", String(isOpen));
}

at("title").textContent = api?.info.title ?? "API";
at("version").textContent = api?.info.version ?? "";
at("token").value = session.token;
at("token").addEventListener("input", () => { session.token = at("token").value.trim(); });
at("sign-in").addEventListener("submit", (event) => event.preventDefault());
at("filter").addEventListener("input", showList);
at("menu").addEventListener("click", () => setMenu(!at("side").classList.contains("open")));
addEventListener("hashchange", () => showChosen({ moveFocus: true }));
addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.target.matches("input, textarea, select")) {
    event.preventDefault();
    setMenu(true);
    at("filter").focus();
  }
});
showList();
showChosen({ moveFocus: false });
