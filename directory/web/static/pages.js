// Everything here is a help on top of pages that work without it. No storage, no third party, no HTML from strings.

// Leave out empty boxes, so that addresses stay short.
for (const form of document.querySelectorAll('form[method="get"]')) {
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData.entries()]) {
      if (value === "") event.formData.delete(name);
    }
  });
}

// Buttons that only a script can serve are hidden until there is one.
const does = {
  print: () => window.print(),
  copy: async (button) => {
    await navigator.clipboard.writeText(document.querySelector("#address").value);
    say(button.dataset.said);
  },
  share: async (button) => {
    const address = document.querySelector('link[rel="canonical"]')?.href ?? location.href;
    if (navigator.share) {
      await navigator.share({ title: document.title, url: address }).catch(() => {});
      return;
    }
    await navigator.clipboard.writeText(address);
    say(button.dataset.said);
  },
};
function say(words) {
  for (const region of document.querySelectorAll("[data-says]")) {
    region.textContent = words;
    region.classList.remove("unseen");
  }
}
for (const button of document.querySelectorAll("[data-does]")) {
  button.closest("[hidden]")?.removeAttribute("hidden");
  button.addEventListener("click", () => does[button.dataset.does](button));
}

// A quiet page: nothing more goes into the history, Shift three times leaves, and no words stay in the address.
const exit = document.body.dataset.quiet;
if (exit) {
  if (location.search.includes("q=")) history.replaceState(null, "", location.pathname);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey) return;
    if (!/^https?:$/.test(link.protocol) || link.target || link.getAttribute("href").startsWith("#")) return;
    event.preventDefault();
    if (link.href === exit) leave();
    else location.replace(link.href);
  });
  let presses = 0;
  let timer = 0;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Shift") presses = 0;
    else if (!event.repeat && ++presses === 3) leave();
    clearTimeout(timer);
    timer = setTimeout(() => (presses = 0), 3000);
  });
}
function leave() {
  document.documentElement.hidden = true;
  location.replace(exit);
}

// The search box completes as you type. A quiet page sends no half-written words.
const boxes = document.querySelectorAll("[data-suggest]");
if (boxes.length && !exit) {
  const { completes } = await import(boxes[0].dataset.code);
  const find = (address) => async (text, signal) => {
    const answer = await fetch(`${address}?q=${encodeURIComponent(text)}`, {
      signal,
      credentials: "omit",
      referrerPolicy: "no-referrer",
    });
    return answer.ok ? (await answer.json()).suggestions : [];
  };
  for (const box of boxes) {
    completes(box.querySelector("input"), find(box.dataset.suggest), box.dataset.name, (count) =>
      box.dataset.said.replace("{n}", count),
    );
  }
}

// Maps come alive when they are first seen: inside a fold, when it is opened.
for (const figure of document.querySelectorAll("[data-map]")) {
  const fold = figure.closest("details:not([open])");
  const wake = async () => (await import(figure.dataset.map)).moves(figure);
  if (fold) fold.addEventListener("toggle", wake, { once: true });
  else wake();
}
