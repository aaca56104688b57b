// <flourish-directory>: a search box, a place, results with distance and reasons, and the numbers to ring.
// Where the directory does not answer this page, its form leads there by itself.

import { completes } from "../completes.js";
import { danger, entry, filters, numbers } from "./shows.js";
import { call, HOME, make, speaker, TAG } from "./tools.js";

const FIXED = ["need", "outcome", "zone"];
const shown = new Set();
const hellos = {};
const sheet = new CSSStyleSheet();
sheet.replaceSync(CSS);

/** Everything that one element is, apart from being one. */
function inside(host) {
  const look = new CSSStyleSheet();
  let contacts = [{ id: "999", number: "999", dial: "tel:999" }];
  let [turn, stops, plain, warned] = [0, [], false, ""];
  let root, say, level, form, urgent, safety, status, notes, choices, results, more, note, going, found;

  const attr = (name) => host.getAttribute(name) ?? "";
  const key = () => attr("key");
  const emit = (name, detail) =>
    host.dispatchEvent(new CustomEvent(`flourish:${name}`, { bubbles: true, composed: true, detail }));

  function link(address, given, ...words) {
    const target = attr("target");
    const away = target === "_blank" && make("span", "unseen", null, ` ${say("new")}`);
    return make("a", "link", { href: HOME + address, target, rel: target && "noopener", ...given }, words, away);
  }

  function again(words, change) {
    const button = make("button", "again", { type: "button" }, words);
    button.addEventListener("click", change);
    return button;
  }

  function field(name, type, maxlength, value) {
    const input = make("input", "input", { type, name, id: name, maxlength, enterkeyhint: "search" });
    input.value = value;
    return make("div", "field", null, make("label", "label", { for: name }, say(name)), make("div", "completes", null, input));
  }

  /** Nothing that is under way may still show. */
  function quiet() {
    for (const stop of stops) stop();
    going?.abort();
    going = null;
  }

  /** Everything anew, with what was typed and found kept: at first, and when an attribute changes. */
  async function build(changed) {
    const mine = ++turn;
    const spoken = await speaker(attr("lang") || host.closest("[lang]")?.lang || "en");
    if (mine !== turn) return;
    quiet();
    say = spoken;
    root ??= host.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet, look];
    const { q, near } = form ?? {};
    const full = attr("layout") === "full";
    const nth = [...shown].indexOf(host);
    const wanted = attr("heading-level");
    const target = attr("target");
    const title = say("title");
    level = wanted ? +wanted : 2;
    safety = make("div", "safety", { "aria-live": "assertive" });
    choices = make("div", "filters");
    form = make(
      "form",
      "form",
      { action: `${HOME}/search`, target },
      field("q", "search", 4000, q?.value ?? ""),
      field("near", "text", 200, changed === "near" || !near ? attr("near") : near.value),
      FIXED.flatMap((name) => attr(name).split(/[\s,]+/).map((value) => value && make("input", "", { type: "hidden", name, value }))),
      make("button", "button", null, say("go")),
      safety,
      full && choices,
    );
    urgent = make("div", "urgent");
    status = make("p", "status", { role: "status" });
    notes = make("div", "notes");
    results = make("ol", "results", { role: "list" });
    more = make("p", "more");
    note = make("p", "quiet", { lang: "en", dir: "auto" });
    root.replaceChildren(
      make(
        "div",
        "box",
        { role: "search", lang: say.lang, dir: say("dir"), "aria-label": nth ? `${title} ${nth + 1}` : title },
        level && make(`h${level}`, "title", null, title),
        urgent,
        form,
        status,
        notes,
        results,
        more,
        say("draft") && make("p", "quiet", null, say("draft")),
        note,
      ),
    );
    const find = (name) => async (text, signal) => {
      const begun = await call("suggest", { key: key(), [name]: text }, signal);
      if (name === "q") warn(begun.safety);
      return begun.suggestions;
    };
    stops = ["q", "near"].map((name) => completes(form[name], find(name), say("suggestions"), (n) => say("said", { n })));
    form.addEventListener("submit", (event) => {
      if (plain) return;
      event.preventDefault();
      ask();
    });
    choices.addEventListener("change", () => form.requestSubmit());
    results.addEventListener("click", (event) => {
      const id = event.target.closest("a")?.id;
      if (id) emit("select", { id, position: found.hits.findIndex((hit) => hit.id === id) + 1 });
    });
    ring();
    const before = warned;
    warned = "";
    warn(before && JSON.parse(before));
    show();
    host.ready = true;
    emit("ready", {});
    hello(mine);
  }

  /** The look and the numbers. On a page that is not a registered one, the form leads to the directory instead. */
  async function hello(mine) {
    const own = key();
    try {
      const { theme, contacts: known, note: said } = await (hellos[own] ??= call(`partner?key=${encodeURIComponent(own)}`));
      if (mine !== turn) return;
      plain = false;
      look.replaceSync(`:host{${Object.entries(theme).map(([name, value]) => `--fd-${name}:${value}`).join(";")}}`);
      contacts = known;
      note.textContent = said;
      ring();
    } catch ({ status: code = 0 }) {
      delete hellos[own];
      if (mine !== turn) return;
      plain = true;
      status.textContent ||= say("plain");
      emit("error", { status: code });
    }
  }

  function ring() {
    urgent.replaceChildren(numbers(contacts.map((each) => ({ ...each, name: say(each.id) || each.name }))));
  }

  function warn(given) {
    const text = given ? JSON.stringify(given) : "";
    if (text === warned) return;
    warned = text;
    safety.replaceChildren(...(given ? [danger(given, say)] : []));
  }

  async function ask(keep) {
    quiet();
    const mine = (going = new AbortController());
    const fields = [...new FormData(form)].filter(([, value]) => value.trim());
    const limit = Math.min(Math.max(+attr("limit") || 5, 1), 20);
    const told = [["key", key()], ["lang", say.lang], ["per_page", limit], ["full", attr("layout") === "full"]];
    if (keep) told.push(["keep", keep]);
    status.textContent = say("looking");
    emit("search", { filters: fields.filter(([name]) => name !== "q").length });
    try {
      const answer = await call("find", [...fields, ...told], mine.signal);
      if (mine !== going) return;
      found = answer;
      warn(found.safety);
      show();
      emit("results", { total: found.total, ids: found.hits.map((hit) => hit.id) });
    } catch ({ status: code = 0, wait }) {
      if (mine !== going) return;
      found = null;
      show();
      status.textContent = code === 429 ? say("busy", { n: wait }) : say("away");
      more.replaceChildren(link(`/search?${new URLSearchParams(fields)}`, null, say("all")));
      emit("error", { status: code });
    }
  }

  /** What was found, or nothing yet. */
  function show() {
    const { hits = [], total, place, groups = [] } = found ?? {};
    results.replaceChildren(...hits.map((hit) => entry(hit, Math.min(level + 1, 6), say, link)));
    notes.replaceChildren();
    if (!found) {
      status.textContent = "";
      more.replaceChildren(link("/search", null, say("all")));
      return;
    }
    status.textContent = total ? say(place?.lat ? "near_found" : "found", { n: total, place: place?.text }) : say("none");
    for (const { kind, text, read_as: read, keep } of found.corrections) {
      const values = { typed: text, read };
      if (kind === "spelling") notes.append(make("p", "", null, say("read", values), " ", again(say("as_typed", values), () => ask(keep))));
    }
    if (place?.sentence && (place.candidates || !place.lat)) {
      const others = place.candidates ?? [];
      const here = (text) => again(text, () => search(form.q.value, text));
      notes.append(make("p", "", say.own, place.sentence), make("p", "", say.own, others.slice(0, 5).map(here)));
    }
    if (!total) notes.append(make("ul", "", say.own, found.help.map((way) => make("li", "", null, link(way.url, null, way.text)))));
    const focused = root.activeElement?.id;
    const opened = [...choices.querySelectorAll("[open]>summary")].map((each) => each.textContent);
    choices.replaceChildren(...filters(groups.filter(({ name }) => !attr(name)), found.lang, opened));
    if (focused?.startsWith("f-")) root.getElementById(focused)?.focus();
    more.replaceChildren(link(found.more, null, total > hits.length ? say("every", { n: total }) : say("all")), " ", link("/help", null, say("tell")));
  }

  /** As if these words had been typed and sent. The promise is kept once the answer is shown. */
  async function search(q, near) {
    if (!form) return;
    form.q.value = q ?? "";
    form.near.value = near ?? form.near.value;
    await ask();
  }

  function clear() {
    if (!form) return;
    quiet();
    form.q.value = form.near.value = "";
    found = null;
    warn();
    show();
  }

  function stop() {
    turn++;
    quiet();
  }

  return { build, stop, search, clear, focus: (options) => form?.q.focus(options) };
}

class Directory extends HTMLElement {
  static observedAttributes = ["key", "lang", "near", "limit", "layout", "heading-level", "target", ...FIXED];
  #build;
  #stop;

  constructor() {
    super();
    const { build, stop, ...methods } = inside(this);
    this.#build = build;
    this.#stop = stop;
    Object.assign(this, methods);
  }

  connectedCallback() {
    shown.add(this);
    this.#build();
  }

  disconnectedCallback() {
    shown.delete(this);
    this.#stop();
  }

  attributeChangedCallback(name, old, value) {
    if (this.isConnected && old !== value) this.#build(name);
  }
}

if (!customElements.get(TAG)) customElements.define(TAG, Directory);
