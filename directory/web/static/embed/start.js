// The one-line form: a script with a key puts the search where it stands, in the place of the link before it.

import { HOME, make, script, TAG } from "./tools.js";

if (script.dataset.key) {
  const given = Object.entries(script.dataset).map(([name, value]) => [name.replace(/[A-Z]/g, "-$&").toLowerCase(), value]);
  const element = make(TAG, "", Object.fromEntries(given));
  const link = script.previousElementSibling;
  if (link?.href?.startsWith(HOME)) element.append(link);
  if (script.closest("head")) addEventListener("DOMContentLoaded", () => document.body.append(element));
  else script.after(element);
}
