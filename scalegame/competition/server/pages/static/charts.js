// Charts as SVG, drawn for the size that there is: a letter is as large as the text around it.
import { draw } from "./dom.js";

const STEPS = [1, 2, 2.5, 5, 10];

/** Round numbers between two values, about as many as asked for. */
function ticks(low, high, most) {
  const rough = (high - low) / most;
  const decade = 10 ** Math.floor(Math.log10(rough));
  const step = decade * STEPS.find((factor) => decade * factor >= rough * 0.999);
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) found.push(Number((i * step).toPrecision(12)));
  return found;
}

function decades(low, high) {
  const found = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const factor of [1, 2, 5]) {
      const value = factor * 10 ** power;
      if (value >= low * 0.999 && value <= high * 1.001) found.push(Number(value.toPrecision(3)));
    }
  }
  return found;
}

/** From values to places between `from` and `to`; by powers of ten where they lie far apart. */
function scale(values, from, to, most, zero = false) {
  let [low, high] = [Math.min(...values), Math.max(...values)];
  if (zero) low = Math.min(low, 0);
  const wide = !zero && low > 0 && high / low > 20;
  const [there, back] = wide ? [Math.log10, (x) => 10 ** x] : [(x) => x, (x) => x];
  let [first, last] = [there(low), there(high)];
  const room = last - first || Math.abs(last) * 0.2 || 1;
  if (!zero) first -= room * 0.08;
  last += room * 0.08;
  if (!wide && low >= 0) first = Math.max(first, 0);
  const place = (value) => from + ((there(value) - first) / (last - first)) * (to - from);
  let marks = wide ? decades(back(first), back(last)) : ticks(back(first), back(last), most);
  while (marks.length > most + 2) marks = marks.filter((_, i) => i % 2 === 0);
  return { place, marks };
}

const text = (x, y, words, kind, anchor = "start") => draw("text", { x, y, class: kind, "text-anchor": anchor }, words);
const line = (x1, y1, x2, y2, kind) => draw("line", { x1, y1, x2, y2, class: kind });
const picture = (width, height, label, ...parts) =>
  draw("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label }, draw("title", {}, label), parts);

/** Of about that many letters. */
const wide = (words, em) => words.length * em * 0.58;

function clipped(words, most) {
  const signs = [...words];
  return signs.length > most ? `${signs.slice(0, most - 1).join("")}…` : words;
}

/**
 * A trade-off front: cost to the right, the other measure upwards (smaller is better on both).
 *
 * points: [{x, y, name, front}]; those on the front are filled and named, where there is room for the name.
 */
export function front(points, { width, height, em, x, y, label }) {
  const [left, right, top, bottom] = [em * 4.6, width - em * 0.8, em * 1.7, height - em * 2.6];
  if (right - left < em * 6 || bottom - top < em * 4) return picture(width, height, label);
  if (!points.length) {
    return picture(width, height, label, text(width / 2, height / 2, "nobody has won it yet", "axis", "middle"));
  }
  const across = scale(points.map((p) => p.x), left, right, Math.max(2, Math.floor((right - left) / (em * 6))));
  const up = scale(points.map((p) => p.y), bottom, top, Math.max(2, Math.floor((bottom - top) / (em * 3))));
  const placed = points.map((p) => ({ ...p, cx: across.place(p.x), cy: up.place(p.y) }));
  const held = (at, words) => [Math.min(at, width - wide(words, em * 0.9) / 2), bottom + em * 1.15, words];
  const best = placed.filter((p) => p.front).sort((a, b) => a.cx - b.cx || b.cy - a.cy);
  return picture(width, height, label,
    up.marks.map((mark) => [line(left, up.place(mark), right, up.place(mark), "grid"),
      text(left - em * 0.5, up.place(mark) + em * 0.33, y.write(mark), "axis", "end")]),
    across.marks.map((mark) => text(...held(across.place(mark), x.write(mark)), "axis", "middle")),
    line(left, bottom, right, bottom, "base"),
    text(left - em * 4.5, em * 0.85, `${y.name}, ↓ better`, "axis"),
    text(right, bottom + em * 2.3, `${x.name}, ← better`, "axis", "end"),
    stairs(best, right, top),
    placed.filter((p) => !p.front).map((p) => draw("circle", { cx: p.cx, cy: p.cy, r: em * 0.22, class: "dot" })),
    best.map((p) => draw("circle", { cx: p.cx, cy: p.cy, r: em * 0.36, class: "dot best" }, draw("title", {}, p.name))),
    names(best, placed, { em, left, right, top, bottom }));
}

/** The steps below which nobody is; of those on the front that the two measures shown put there. */
function stairs(best, right, top) {
  const steps = [];
  let lowest = -Infinity; // the y of a picture grows downwards
  for (const p of best) {
    if (p.cy > lowest) {
      steps.push(p);
      lowest = p.cy;
    }
  }
  if (!steps.length) return null;
  let path = `M${steps[0].cx} ${top}V${steps[0].cy}`;
  for (const p of steps.slice(1)) path += `H${p.cx}V${p.cy}`;
  return draw("path", { d: `${path}H${right}`, class: "stairs" });
}

function names(best, placed, { em, left, right, top, bottom }) {
  const taken = placed.map((p) => [p.cx - em * 0.35, p.cy - em * 0.35, p.cx + em * 0.35, p.cy + em * 0.35]);
  const free = (box) => box[0] >= left && box[2] <= right && box[1] >= top - em && box[3] <= bottom
    && !taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1]);
  const written = [];
  for (const p of best) {
    const words = clipped(p.name ?? "", 18);
    if (!words) continue;
    const size = wide(words, em);
    const places = [
      [p.cx + em * 0.6, p.cy - em * 0.5, "start"], [p.cx + em * 0.6, p.cy + em * 0.35, "start"],
      [p.cx + em * 0.6, p.cy + em * 1.2, "start"], [p.cx - em * 0.6, p.cy + em * 1.2, "end"],
      [p.cx - em * 0.6, p.cy + em * 0.35, "end"], [p.cx - em * 0.6, p.cy - em * 0.5, "end"],
      [p.cx, p.cy - em * 0.8, "middle"], [p.cx, p.cy + em * 1.6, "middle"],
    ];
    for (const [px, py, anchor] of places) {
      const from = anchor === "start" ? px : anchor === "end" ? px - size : px - size / 2;
      const box = [from, py - em * 0.85, from + size, py + em * 0.25];
      if (!free(box)) continue;
      taken.push(box);
      written.push(text(px, py, words, "name", anchor));
      break;
    }
  }
  return written;
}

/** How many have what: {edges, counts}, one bar a bucket. */
export function histogram(data, { width, height, em, name, write, label }) {
  const { edges, counts } = data;
  const [top, bottom] = [em * 2.5, height - em * 1.35];
  const [most, step] = [Math.max(...counts, 1), width / counts.length];
  const tall = (number) => (number / most) * (bottom - top);
  const fewest = Math.max(2, Math.floor(width / (em * 5.2)));
  const bars = counts.map((number, i) => number > 0 && [
    draw("rect", { x: i * step + step * 0.08, y: bottom - tall(number), width: step * 0.84, height: tall(number), class: "bar" }),
    step > em * 0.8 && text((i + 0.5) * step, bottom - tall(number) - em * 0.25, number, "axis", "middle"),
  ]);
  const shown = spread(edges.length, fewest);
  return picture(width, height, label,
    text(0, em * 0.85, name, "caption"), bars, line(0, bottom, width, bottom, "base"),
    shown.map((i) => text(i * step, bottom + em * 1.1, write(edges[i]), "axis",
      i === 0 ? "start" : i === edges.length - 1 ? "end" : "middle")));
}

/** So many of the numbers from 0 up, the first and the last among them. */
function spread(length, most) {
  const steps = Math.max(1, Math.min(most, length) - 1);
  return [...new Set(Array.from({ length: steps + 1 }, (_, i) => Math.round((i * (length - 1)) / steps)))];
}

/** Lines over time; the main one is the last. */
export function series(chart, { width, height, em, write }) {
  const [left, right, top, bottom] = [em * 4.4, width - em * 0.5, em * 2.1, height - em * 1.5];
  const { times, lines } = chart;
  const values = lines.flatMap((one) => one.values).filter((value) => Number.isFinite(value));
  const label = chart.title;
  if (!values.length || times.length < 2) {
    return picture(width, height, label, text(0, em * 0.85, chart.title, "caption"),
      text(width / 2, height / 2, "nothing there", "axis", "middle"));
  }
  const up = scale(values, bottom, top, 3, true);
  const span = [0, times.at(-1)];
  const along = (time) => left + ((time - span[0]) / (span[1] - span[0])) * (right - left);
  let legend = width;
  const keys = lines.map((one, i) => {
    const words = clipped(one.name, 22);
    legend -= wide(words, em * 0.9) + em * 2.2;
    return [draw("line", { x1: legend, x2: legend + em * 1.2, y1: em * 0.55, y2: em * 0.55, class: kind(i, lines.length) }),
      text(legend + em * 1.5, em * 0.85, words, "axis")];
  });
  return picture(width, height, label,
    text(0, em * 0.85, chart.title, "caption"), lines.length > 1 && keys,
    chart.begins > 0 && draw("rect", { x: left, y: top, width: Math.max(0, along(chart.begins) - left), height: bottom - top, class: "before" }),
    up.marks.map((mark) => [line(left, up.place(mark), right, up.place(mark), "grid"),
      text(left - em * 0.4, up.place(mark) + em * 0.33, write(mark), "axis", "end")]),
    ticks(span[0], span[1], 4).map((mark) => text(along(mark), bottom + em * 1.15, `${mark} s`, "axis", mark === 0 ? "start" : "middle")),
    line(left, bottom, right, bottom, "base"),
    lines.map((one, i) => draw("path", { d: stroke(one.values, times, along, up.place), class: kind(i, lines.length) })));
}

const kind = (i, length) => (i === length - 1 ? "line main" : `line other${Math.min(length - 1 - i, 3)}`);

/** A path with gaps where there is no value. */
function stroke(values, times, along, place) {
  let [path, pen] = ["", "M"];
  values.forEach((value, i) => {
    if (!Number.isFinite(value)) {
      pen = "M";
      return;
    }
    path += `${pen}${along(times[i]).toFixed(1)} ${place(value).toFixed(1)}`;
    pen = "L";
  });
  return path;
}
