// Everything here is a help on top of staff pages that work without it. Nothing is stored, no HTML comes from strings.
const typing = (place) => place?.closest?.("input, select, textarea, [contenteditable]");

// What went wrong is where reading starts.
document.querySelector("[role=alert][tabindex]")?.focus();

// Lists: arrow keys move between the lines once one has the focus; j and k from anywhere, unless somebody turned them off.
const lists = [...document.querySelectorAll("[data-rows]")];
const lines = () => lists.flatMap((list) => [...list.querySelectorAll("li > p:first-child > a, li > h3 > a")]);
function step(by) {
  const all = lines();
  if (!all.length) return;
  const at = all.indexOf(document.activeElement);
  all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)].focus();
}
const keys = {
  j: () => step(1),
  k: () => step(-1),
  "/": () => document.querySelector("[type=search]")?.focus(),
  q: () => location.assign("/staff"),
  p: () => document.querySelector('a[href="/staff/phone"]')?.click(),
  "?": () => location.assign("/staff/shortcuts"),
};
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
  if (typing(event.target)) return;
  const inList = lists.some((list) => list.contains(document.activeElement));
  if (inList && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    step(event.key === "ArrowDown" ? 1 : -1);
  } else if (document.body.hasAttribute("data-keys") && Object.hasOwn(keys, event.key)) {
    event.preventDefault();
    keys[event.key]();
  }
});

// Counts stay live while somebody is here to see them: half an hour without a touch, and the session may go idle.
const counted = document.querySelector("[data-counts]");
if (counted) {
  let touched = Date.now();
  for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, () => (touched = Date.now()));
  const news = document.querySelector("[data-news]");
  const look = async () => {
    if (document.hidden || Date.now() - touched > 30 * 60_000) return;
    const answer = await fetch(counted.dataset.counts, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok) return;
    const { counts } = await answer.json();
    let changed = false;
    for (const badge of counted.querySelectorAll("[data-count]")) {
      const fresh = String(counts[badge.dataset.count] ?? 0);
      if (badge.textContent !== fresh) {
        badge.textContent = fresh;
        changed = true;
      }
    }
    if (changed && !news.textContent) {
      const link = document.createElement("a");
      link.href = location.href;
      link.textContent = news.dataset.link;
      news.append(news.dataset.news, " ", link);
    }
  };
  setInterval(look, Number(new URLSearchParams(location.hash.slice(1)).get("every")) || 20_000);
}
