// What the other files of the widget share: elements made without HTML from strings, words, and the line home.

export const TAG = "flourish-directory";
export const script = document.currentScript ?? document.querySelector('script[src*="/embed/"]');
export const HOME = script.src.replace(/\/embed\/.*/, "");

/** An element. `part` names it for the host page's styles and for ours; of the rest, what is empty is left out. */
export function make(tag, part, given, ...children) {
  const made = document.createElement(tag);
  if (part) made.className = made.part = part;
  for (const name in given) {
    if (given[name]) made.setAttribute(name, given[name]);
  }
  made.append(...children.flat(2).filter(Boolean));
  return made;
}

/** Ask the directory: no cookie goes there, no address of this page, and what was typed only in a body. */
export async function call(path, fields, signal) {
  const answer = await fetch(`${HOME}/embed/v1/${path}`, {
    method: fields ? "POST" : "GET",
    body: fields && new URLSearchParams(fields),
    signal,
    credentials: "omit",
    referrerPolicy: "no-referrer",
  });
  if (answer.ok) return answer.json();
  throw { status: answer.status, wait: +answer.headers.get("retry-after") };
}

const tables = {};

/** `say(name, values)` for a language; English where there is none, or where its table cannot be had. */
export async function speaker(asked) {
  const code = asked.toLowerCase().split("-")[0];
  const found =
    LANGUAGES.includes(code) &&
    (await (tables[code] ??= call(`words/${code}.json`)).catch(() => {
      delete tables[code];
    }));
  const lang = found ? code : "en-GB";
  const words = { ...ENGLISH, ...found };
  const plural = new Intl.PluralRules(lang);
  const say = (name, values) => {
    const text = words[name] ?? "";
    const said = text.other ? (text[plural.select(values.n)] ?? text.other) : text;
    return said.replace(/{(\w+)}/g, (_, key) => values[key].toLocaleString(lang));
  };
  say.lang = found ? code : "en";
  // What services wrote themselves is English, also on a page in another language.
  say.own = found && { lang: "en", dir: "auto" };
  const mile = { style: "unit", unit: "mile", unitDisplay: "long" };
  say.miles = (far) => (far < 10 ? far : Math.round(far)).toLocaleString(lang, mile);
  const day = { weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "numeric" };
  const when = (moment) => new Date(moment).toLocaleString(lang, { ...day, timeZone: "Europe/London" });
  say.opens = (moment) => say("opens", { when: when(moment) });
  return say;
}
