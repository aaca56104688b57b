// Answers as elements.

import { make } from "./tools.js";

/** Numbers to ring. `given` says in which language their names are. */
export function numbers(contacts, given) {
  const one = ({ dial, name, number, when }) =>
    make("li", "", null, make("a", "", { href: dial }, `${name} `, make("b", "", { dir: "ltr" }, number)), when && ` ${when}`);
  return make("ul", "numbers", given, contacts.map(one));
}

/** What the safety rules say to the words, before anything else. Tier 1 interrupts, tier 2 asks softly. */
export function danger({ tier, ask, message, contacts, leave, lang, dir }, say) {
  const exit = leave && make("a", "button leave", { href: leave, rel: "noreferrer" }, say("leave"));
  exit?.addEventListener("click", (event) => {
    event.preventDefault();
    top.location.replace(leave);
  });
  return make(
    "div",
    tier === 1 ? "note alarm" : "note",
    { lang, dir },
    make("strong", "", null, ask || say(tier === 1 ? "first" : "person")),
    make("p", "", null, message),
    exit,
    numbers(contacts, { lang: "en", dir: "ltr" }),
  );
}

/** One service under a heading of `level`. `link(address, ...)` makes a link that opens where the host wants. */
export function entry(hit, level, say, link) {
  const { own } = say;
  const { id, name, organization, summary, distance_miles: far, venue, remote, open, next_open: next, reasons, url } = hit;
  const fact = (given, ...words) => make("span", "fact", given, words);
  return make(
    "li",
    "result",
    null,
    make(`h${level}`, "name", null, link(url, { ...own, id }, name)),
    make("p", "quiet", own, organization),
    summary && make("p", "", own, summary),
    make(
      "p",
      "facts",
      null,
      far != null && fact(null, say.miles(far)),
      venue && fact(own, venue),
      remote.map((way) => fact(null, say(way) || way)),
      open ? make("b", "fact", null, say("open")) : next && fact(null, say.opens(next)),
      [hit.ages, hit.cost].map((text) => text && fact(own, text)),
    ),
    reasons[0] && make("p", "why quiet", null, say("why"), " ", make("span", "", own, reasons.join("; "))),
  );
}

/** The filters of the full layout. `lang` is that of their labels, `opened` the titles of those that stay open. */
export function filters(groups, lang, opened) {
  const choice = ({ name, value, label, count, on }) =>
    make(
      "label",
      "check",
      null,
      make("input", "", { type: "checkbox", id: `f-${name}-${value}`, name, value, checked: on }),
      make("span", "", null, label, count && make("span", "quiet", null, ` ${count}`)),
    );
  return groups.map(({ title, open, choices }) =>
    make(
      "details",
      "filter",
      { open: open || opened.includes(title), lang },
      make("summary", "", null, title),
      make("fieldset", "", { "aria-label": title }, choices.map(choice)),
    ),
  );
}
