// Standings on the wall: a table whose ties can be seen, or, in a lesson, who has solved how much.
import { canvas, fill, make, named } from "./dom.js";
import { many } from "./format.js";

export const rankOf = (row) => (row.rank === null || row.rank === undefined ? "" : `${row.rank}${row.tied ? "=" : ""}`);

/** Where in a row of equals it stands: "", "first", "middle" or "last". */
function ofTie(rows, i) {
  const same = (other) => other && rows[i].tied && other.rank === rows[i].rank;
  const [before, after] = [same(rows[i - 1]), same(rows[i + 1])];
  if (!before && !after) return "";
  return before && after ? "middle" : before ? "last" : "first";
}

export function cell(result) {
  if (!result) return make("td", { class: "result" }, make("span", { class: "untried", title: "nothing handed in" }, ""));
  if (!result.won) return make("td", { class: "result" }, make("span", { class: "lost", title: "tried, not won" }, "·"));
  const isFirst = result.front === 1;
  const title = isFirst ? "won, on the trade-off front" : `won, on front ${result.front}`;
  return make("td", { class: "result" }, make("span", { class: `won${isFirst ? " best" : ""}`, title }, result.front ?? "✓"));
}

/** Heights of a row, in letters: the least, and the most. */
const [SMALL, LARGE] = [1.78, 2.7];
/** The smallest letters of a row. */
const LEAST = 1.1;

/** The table, in as many pages as it takes. */
export class Standings {
  #element;
  #page = 0;
  #pages = 1;
  #data = null;
  #again;

  constructor(element) {
    this.#element = element;
  }

  show(standings) {
    this.#data = { standings };
    if (!this.#again) {
      const body = make("div", { class: "fits" });
      fill(this.#element, body);
      this.#again = canvas(body, (...size) => this.#paint(...size));
    }
    this.#again();
  }

  get canTurn() {
    return this.#pages > 1;
  }

  turn() {
    if (!this.#again || this.#pages < 2) return;
    this.#page = (this.#page + 1) % this.#pages;
    this.#again();
  }

  #paint(width, height, em) {
    const { rows, levels } = this.#data.standings;
    if (!rows.length) return make("p", { class: "nothing" }, "Nobody has joined yet.");
    const free = height - em * 4.4;
    const room = Math.max(3, Math.floor(free / (em * SMALL)));
    this.#pages = Math.ceil(rows.length / room);
    this.#page %= this.#pages;
    // Pages of about the same length: no page with one row.
    const each = Math.ceil(rows.length / this.#pages);
    const first = this.#page * each;
    const scored = rows.some((row) => typeof row.score === "number");
    const form = fitting(width / em, Math.min(LARGE / 1.59, Math.max(LEAST, free / each / em / 1.59)), levels.length, scored);
    const head = (name, wide, ...inside) => {
      const cell = make("th", { scope: "col", class: name }, inside);
      if (wide) cell.style.setProperty("width", `${wide}rem`);
      return cell;
    };
    const table = make("table", { class: `standings ${form.kind}` },
      make("thead", {}, make("tr", {}, head("rank", form.rank), head("", 0, "team"),
        form.levels && levels.map((level, i) => head("result", form.cell,
          make("span", { class: "of-level", title: level.title }, form.kind === "titled" ? level.title : i + 1))),
        head("number", form.won, "won"), head("number", form.fronts, "fronts"), scored && head("number", form.score, "score"))),
      make("tbody", {}, rows.slice(first, first + each).map((row, i) => {
        const tie = ofTie(rows, first + i);
        return make("tr", { class: tie ? `tie ${tie}` : "", "data-team": row.team },
          make("td", { class: "rank" }, make("span", {}, rankOf(row))),
          make("th", { scope: "row", class: "team" }, named(row.name)),
          form.levels && levels.map((level) => cell(row.levels[level.id])),
          make("td", { class: "number" }, row.won), make("td", { class: "number" }, fronts(row) || "–"),
          scored && make("td", { class: "number" }, typeof row.score === "number" ? Number(row.score.toFixed(2)) : "–"));
      })));
    table.style.setProperty("--large", String(form.large));
    return [
      table,
      make("p", { class: "legend" },
        form.levels && [make("span", {}, make("span", { class: "won best" }, "1"), " on the front"),
          make("span", {}, make("span", { class: "won" }, "2"), " behind it"),
          make("span", {}, make("span", { class: "lost" }, "·"), " tried")],
        rows.some((row) => row.tied) && make("span", {}, "2= no difference but chance"),
        this.#pages > 1 && make("span", { class: "page" }, `${first + 1}–${Math.min(first + each, rows.length)} of ${rows.length}`)),
    ];
  }
}

/** What decides among those who have won equally much: the numbers of the fronts, added up. */
const fronts = (row) => Object.values(row.levels).reduce((sum, one) => sum + (one.won ? one.front ?? 0 : 0), 0);

/** Letters as large as the height lets them be, as long as names have room; then smaller cells, then none. */
function fitting(width, largest, count, scored) {
  const form = (kind, large, cell) => {
    const [rank, won, sum, score] = [3.1 * large, 1 + 1.8 * large, 1.4 + 2 * large, scored ? 0.6 + 2.9 * large : 0];
    const name = width - rank - won - sum - score - count * cell;
    return { kind, large, cell, rank, won, fronts: sum, score, levels: cell > 0, fits: name >= (cell < 2 ? 8.5 : 9) * large };
  };
  const found = [];
  for (let large = largest; large > LEAST + 0.01; large -= 0.1) {
    if (count <= 3) found.push(form("titled", large, Math.max(6, 2 * large)));
    found.push(form("boxed", large, 2 * large));
  }
  found.push(form("boxed", LEAST, 2 * LEAST), form("tight", LEAST, 1.5));
  return found.find((one) => one.fits) ?? { ...form("bare", LEAST, 0), levels: false };
}

/** Who has solved what, as counts: nobody is ranked. Many levels are smaller, and stand in two columns. */
export class Solved {
  #element;
  #standings = null;
  #again;

  constructor(element) {
    this.#element = element;
  }

  show(standings) {
    this.#standings = standings;
    if (!this.#again) {
      const body = make("div", { class: "fits" });
      fill(this.#element, body);
      this.#again = canvas(body, (width, height, em) => this.#paint(height, em));
    }
    this.#again();
  }

  #paint(height, em) {
    const { levels, teams } = this.#standings;
    if (!levels.length) return make("p", { class: "nothing" }, "No level is open yet.");
    const most = Math.max(1, teams ?? 0, ...levels.map((level) => level.won_by));
    const kind = levels.length * 3.95 * em <= height ? "" : levels.length * 2.3 * em <= height ? "many" : "many two";
    const list = make("ol", { class: `solved ${kind}` }, levels.map((level) => {
      const bar = make("span", { class: "fill most" });
      bar.style.setProperty("--part", String(level.won_by / most));
      return make("li", { "data-level": level.id },
        make("span", { class: "solved-title", title: level.title }, level.title),
        make("span", { class: "solved-count" }, teams ? `${level.won_by} of ${teams}` : many(level.won_by, "team")),
        make("span", { class: "track", "aria-hidden": "true" }, bar));
    }));
    // From the top down, then the second column.
    list.style.setProperty("--rows", String(Math.ceil(levels.length / 2)));
    return list;
  }
}
