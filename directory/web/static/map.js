// A map that can be moved and made larger: by buttons, arrow keys, dragging, two fingers, or the wheel with Ctrl held.
// It only changes which part of the drawing is seen; pins keep their size, and come apart where there is room.
const LARGEST = 16;

export function moves(figure) {
  const svg = figure.querySelector("svg");
  const { width, height } = svg.viewBox.baseVal;
  const pins = [...svg.querySelectorAll(".pin")].map((pin) => pin.transform.baseVal[0].matrix);
  const crowds = [...svg.querySelectorAll("[data-apart]")];
  const fingers = new Map();
  let x = 0;
  let y = 0;
  let size = 1; // how many times larger than the whole
  let dragged = 0;

  const between = (low, value, high) => Math.min(Math.max(value, low), high);
  function show() {
    x = between(0, x, width - width / size);
    y = between(0, y, height - height / size);
    svg.setAttribute("viewBox", [x, y, width / size, height / size].join(" "));
    svg.style.setProperty("--small", 1 / size);
    svg.classList.toggle("larger", size > 1);
    for (const crowd of crowds) {
      const apart = size >= Number(crowd.dataset.apart);
      crowd.toggleAttribute("hidden", apart);
      crowd.nextElementSibling.toggleAttribute("hidden", !apart);
    }
  }
  // `atX` and `atY` are the point of the drawing that stays where it is.
  function enlarge(times, atX = x + width / size / 2, atY = y + height / size / 2) {
    const next = between(1, size * times, LARGEST);
    x = atX - ((atX - x) * size) / next;
    y = atY - ((atY - y) * size) / next;
    size = next;
    show();
  }
  // From a button or a key: the pin that is nearest to the middle comes to the middle.
  function closer() {
    const away = ({ e, f }) => Math.hypot(e - x - width / size / 2, f - y - height / size / 2);
    const near = pins.reduce((best, pin) => (best && away(best) <= away(pin) ? best : pin), undefined);
    if (near) move(near.e - x - width / size / 2, near.f - y - height / size / 2);
    enlarge(2);
    if (near) move(near.e - x - width / size / 2, near.f - y - height / size / 2);
  }
  function move(right, down) {
    x += right;
    y += down;
    show();
  }
  const step = () => width / size / 4;
  const does = {
    in: closer,
    out: () => enlarge(0.5),
    left: () => move(-step(), 0),
    right: () => move(step(), 0),
    up: () => move(0, -step()),
    down: () => move(0, step()),
    whole: () => enlarge(0),
  };
  for (const button of figure.querySelectorAll("[data-moves]")) {
    button.addEventListener("click", () => does[button.dataset.moves]());
  }
  figure.querySelector(".map-tools").removeAttribute("hidden");

  const keys = { "+": "in", "=": "in", "-": "out", 0: "whole" };
  for (const name of ["Left", "Right", "Up", "Down"]) keys[`Arrow${name}`] = name.toLowerCase();
  svg.addEventListener("keydown", (event) => {
    if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    does[keys[event.key]]();
  });

  const unit = () => width / size / svg.getBoundingClientRect().width;
  function point(event) {
    const box = svg.getBoundingClientRect();
    return [x + (event.clientX - box.left) * unit(), y + (event.clientY - box.top) * unit()];
  }
  svg.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return; // the wheel alone scrolls the page
      event.preventDefault();
      enlarge(event.deltaY < 0 ? 1.25 : 0.8, ...point(event));
    },
    { passive: false },
  );
  svg.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    dragged = 0;
    fingers.set(event.pointerId, event);
  });
  svg.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const far = (a) => Math.hypot(a.clientX - other.clientX, a.clientY - other.clientY) || 1;
      enlarge(far(event) / far(before), ...point(other));
    } else if (size > 1) {
      move((before.clientX - event.clientX) * unit(), (before.clientY - event.clientY) * unit());
    } else return;
    dragged += Math.abs(event.clientX - before.clientX) + Math.abs(event.clientY - before.clientY);
    if (dragged > 4 && !svg.hasPointerCapture(event.pointerId)) svg.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, event);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    svg.addEventListener(end, (event) => fingers.delete(event.pointerId));
  }
  // The end of a drag is no click on a pin.
  svg.addEventListener(
    "click",
    (event) => {
      if (dragged > 4) event.preventDefault();
      dragged = 0;
    },
    true,
  );
  svg.addEventListener("dragstart", (event) => event.preventDefault());
}
