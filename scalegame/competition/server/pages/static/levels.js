// One level after the other: its trade-off front, and how everybody's designs are spread.
import { canvas, fill, make, say } from "./dom.js";
import { front, histogram } from "./charts.js";
import { by } from "./format.js";

/** More levels than this are listed by number only. */
const MANY = 8;
const AXES = [["cost", "cost"], ["latency", "latency"], ["availability", "availability"], ["parts", "parts"]];

/** The winning designs of a level: all that are known, and those on the front with their teams' names. */
function points(level, standings, anonymous) {
  const names = new Map(standings.rows.map((row) => [row.team, row.name]));
  const isPlace = (one) => Number.isFinite(one.cost) && Number.isFinite(one.latency);
  const best = level.front.filter(isPlace).map((one) => ({
    x: one.cost, y: one.latency, front: true, name: anonymous ? "" : names.get(one.team) ?? one.name ?? "",
  }));
  const others = standings.rows.map((row) => row.levels[level.id]).filter((one) => one?.won && isPlace(one))
    .filter((one) => !best.some((p) => p.x === one.cost && p.y === one.latency))
    .map((one) => ({ x: one.cost, y: one.latency, front: false }));
  return [...others, ...best];
}

export class Levels {
  #front;
  #histograms;
  #list;
  #title;
  #at = 0;
  #data = null;
  #again = [];

  /** Called when somebody has chosen a level by hand. */
  chosen = () => {};

  constructor(front, histograms, list, title) {
    [this.#front, this.#histograms, this.#list, this.#title] = [front, histograms, list, title];
  }

  show(standings, anonymous) {
    this.#data = { standings, anonymous };
    if (!this.#again.length) {
      this.#again.push(canvas(this.#front, (...size) => this.#paint(...size)));
      fill(this.#histograms, AXES.map(([axis]) => make("div", { class: "histogram", "data-axis": axis })));
      for (const box of this.#histograms.children) {
        this.#again.push(canvas(box, (...size) => this.#bars(box.dataset.axis, ...size)));
      }
    }
    this.#all();
  }

  get canTurn() {
    return (this.#data?.standings.levels.length ?? 0) > 1;
  }

  turn(steps) {
    if (!this.canTurn) return;
    const count = this.#data.standings.levels.length;
    this.#at = (this.#at + steps + count) % count;
    this.#all();
  }

  get #level() {
    const { levels } = this.#data.standings;
    return levels[this.#at % levels.length];
  }

  #all() {
    const { levels } = this.#data.standings;
    say(this.#title, `${levels.indexOf(this.#level) + 1}. ${this.#level.title}`);
    this.#list.classList.toggle("many", levels.length > MANY);
    fill(this.#list, levels.map((level, i) => make("button", {
      type: "button", class: "tab", "data-key": level.id, title: level.title, "aria-current": level === this.#level ? "true" : null,
      click: () => {
        this.#at = i;
        this.#all();
        this.chosen();
      },
    }, make("span", { class: "tab-number" }, i + 1), make("span", { class: "tab-title" }, level.title),
    make("span", { class: "tab-count" }, level.won_by))));
    for (const again of this.#again) again();
  }

  #paint(width, height, em) {
    const { standings, anonymous } = this.#data;
    return front(points(this.#level, standings, anonymous), {
      width, height, em, x: { name: "cost", write: by.cost }, y: { name: "latency", write: by.latency },
      label: `${this.#level.title}: cost and latency of the designs that win`,
    });
  }

  #bars(axis, width, height, em) {
    const data = this.#level.histograms?.[axis];
    if (!data?.counts?.some((number) => number > 0)) return null;
    const name = AXES.find(([id]) => id === axis)[1];
    return histogram(data, { width, height, em, name, write: by[axis], label: `${this.#level.title}: how many designs have which ${name}` });
  }
}
