// Hovering, pinning, touch and keyboard for every chart alike, from its points.
import {toDom} from "./dom.mjs";
import {moveBy, pointsAt} from "./reach.mjs";
import {el} from "./svg.mjs";

const MOST_LISTED = 6;

// The card's contents: the first point in full, the others by their first two lines.
export function cardOf(points) {
  const [first, ...others] = points;
  const listed = others.slice(0, MOST_LISTED);
  return [
    el("strong", {}, first.lines[0]),
    first.lines.slice(1).map((line) => el("p", {}, line)),
    listed.length > 0 && el("p", {class: "also"}, others.length === 1 ? "also here:" : `${others.length} others here:`),
    listed.map(({lines}) => el("p", {}, lines.slice(0, 2).join(" · "))),
    first.set && el("p", {class: "also"}, "A click or Enter chooses it above."),
  ].flat(Infinity)
      .filter(Boolean);
}

// The one card of the page. It follows the pointer, docks at the bottom where the screen is small or touched, and
// stays while pinned.
export function makeCard(node) {
  let pinned = null;
  const hide = () => {
    pinned = null;
    node.hidden = true;
    node.classList.remove("pinned");
  };
  const show = (points, at, docked) => {
    node.replaceChildren(...cardOf(points).map((each) => toDom(each)));
    node.hidden = false;
    node.classList.toggle("docked", docked);
    if (docked) {
      node.removeAttribute("style");
      return;
    }
    const {width, height} = node.getBoundingClientRect();
    const left = at.x + 16 + width > window.innerWidth ? at.x - width - 16 : at.x + 16;
    const top = Math.min(at.y + 16, window.innerHeight - height - 8);
    node.style.left = `${Math.max(8, left)}px`;
    node.style.top = `${Math.max(8, top)}px`;
  };
  return {
    show,
    hide,
    pin: (owner) => {
      pinned = owner;
      node.classList.add("pinned");
    },
    pinned: () => pinned,
  };
}

const isSmall = () => window.matchMedia("(max-width: 640px)").matches;

const ring = () => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "g");
  made.setAttribute("class", "cursor");
  made.setAttribute("pointer-events", "none");
  return made;
};
const cursorOf = ({x, y, box}) => box ?
    el("rect", {...box, fill: "none", stroke: "currentColor", "stroke-width": 2}) :
    el("circle", {cx: x, cy: y, r: 9, fill: "none", stroke: "currentColor", "stroke-width": 2});

// Connects a drawing, the focusable element around the chart's svg, with its points. live: an element that is read
// aloud; change(part): changes the page's state; start: the label of the point where the keyboard begins;
// onMove(label).
export function attach(drawing, chart, {card, live, change, start, onMove}) {
  const svg = drawing.querySelector("svg");
  const cursor = svg.appendChild(ring());
  let current = null;
  let place = chart.points.find(({label}) => label === start) ?? null;
  const mark = (point) => {
    cursor.replaceChildren(...(point ? [toDom(cursorOf(point), "http://www.w3.org/2000/svg")] : []));
  };
  const clear = () => {
    current = null;
    mark(null);
    card.hide();
  };
  const toChart = (event) => {
    const box = svg.getBoundingClientRect();
    return [
      ((event.clientX - box.left) * chart.width) / box.width, ((event.clientY - box.top) * chart.height) / box.height
    ];
  };
  const toScreen = ({x, y}) => {
    const box = svg.getBoundingClientRect();
    return {x: box.left + (x * box.width) / chart.width, y: box.top + (y * box.height) / chart.height};
  };
  const open = (points, at, docked) => {
    [current] = points;
    mark(current);
    card.show(points, at, docked || isSmall());
  };
  drawing.addEventListener("pointermove", (event) => {
    if (card.pinned() || event.pointerType === "touch") return;
    const points = pointsAt(chart.points, ...toChart(event));
    if (points.length > 0)
      open(points, {x: event.clientX, y: event.clientY}, false);
    else
      clear();
  });
  drawing.addEventListener("pointerleave", (event) => {
    if (!card.pinned() && event.pointerType !== "touch") clear();
  });
  drawing.addEventListener("click", (event) => {
    const points = pointsAt(chart.points, ...toChart(event));
    if (points.length === 0) return clear();
    open(points, {x: event.clientX, y: event.clientY}, event.pointerType === "touch");
    card.pin(drawing);
    if (points[0].set) change(points[0].set);
    return undefined;
  });
  drawing.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return clear();
    if (event.key === "Enter" && current?.set) {
      event.preventDefault();
      return change(current.set);
    }
    const next =
        event.ctrlKey || event.metaKey || event.altKey ? null : moveBy(chart.points, current ?? place, event.key);
    if (next === null) return undefined;
    event.preventDefault();
    place = next;
    onMove(next.label);
    const at = pointsAt(chart.points, next.x, next.y).filter((point) => point !== next);
    open([next, ...at], toScreen(next), false);
    live.textContent = `${next.label}: ${next.lines.slice(1, 4).join("; ")}`;
    return undefined;
  });
  drawing.addEventListener("blur", () => {
    if (card.pinned() !== drawing) clear();
  });
}
