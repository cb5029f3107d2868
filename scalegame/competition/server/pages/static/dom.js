// Elements are made here and nowhere else: what comes from the server only ever becomes text.

const SVG = "http://www.w3.org/2000/svg";

export const find = (id) => document.getElementById(id);

/** An HTML element. Attributes that are functions listen; false, null and undefined are left out. */
export const make = (tag, attributes, ...children) => made(document.createElement(tag), attributes, children);

/** An SVG element. */
export const draw = (tag, attributes, ...children) => made(document.createElementNS(SVG, tag), attributes, children);

function made(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child instanceof Node) element.append(child);
    else if (child !== null && child !== undefined && child !== false) element.append(String(child));
  }
}

/** Puts new children into an element; whatever had the focus by its data-key has it again. */
export function fill(element, ...children) {
  const active = document.activeElement;
  const key = active && element.contains(active) ? active.dataset.key : undefined;
  element.replaceChildren();
  append(element, children);
  if (key !== undefined) {
    [...element.querySelectorAll("[data-key]")].find((other) => other.dataset.key === key)?.focus();
  }
}

/** Somebody's name: whichever way it is written, and whatever is in it, it turns nothing round beside it. */
export const named = (text, attributes) => make("bdi", { ...attributes, title: text }, text);

/** Shows an element or hides it. */
export function show(element, shown) {
  element.hidden = !shown;
}

/** Sets the text if it is another. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Draws into an element whenever its size changes; returns a function that draws anew. */
export function canvas(element, paint) {
  const again = () => {
    const { clientWidth: width, clientHeight: height } = element;
    if (width < 20 || height < 20) return;
    const em = parseFloat(getComputedStyle(element).fontSize);
    element.replaceChildren();
    append(element, [paint(width, height, em)]);
  };
  new ResizeObserver(again).observe(element);
  return again;
}
