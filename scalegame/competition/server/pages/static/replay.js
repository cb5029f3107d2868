// One submission: what was designed, what came of it, and its run again, as charts.
import { ask } from "./api.js";
import { series } from "./charts.js";
import { canvas, fill, find, make, named } from "./dom.js";
import { at, by } from "./format.js";
import { figures, objectives, outcome } from "./history.js";

const nameOf = (one) => (one && typeof one === "object" ? one.name : one ?? "");

/** Opens it over the page. */
export async function replay(id, titleOf) {
  const dialog = find("replay");
  const [side, charts] = [make("div", { class: "side" }), make("div", { class: "charts" }, make("p", { class: "quiet" }, "The run is made again …"))];
  const head = make("header", {}, make("h2", {}, "…"));
  const close = make("button", { type: "button", class: "plain", click: () => dialog.close() }, "Close");
  fill(dialog, head, make("div", { class: "inside" }, side, charts));
  head.append(close);
  dialog.showModal();
  const path = `host/submissions/${encodeURIComponent(id)}`;
  try {
    const row = await ask("GET", path);
    fill(head, make("h2", {}, named(titleOf(row.level))), named(nameOf(row.team)), make("span", { class: "quiet" }, named(nameOf(row.player))),
      make("span", { class: "quiet" }, at(row.received, true)), outcome(row), make("span", { class: "grow" }), close);
    fill(side, [["On the seeds that everybody has", row.result], ["On hidden seeds", row.final]].filter(([, found]) => found)
      .map(([title, found]) => [make("h3", {}, title), make("div", { class: "row wraps" }, figures(found)), objectives(found)]),
    make("h3", {}, "Design"), lines(row.design?.do ?? []),
    row.design?.live?.length ? [make("h3", {}, "While it runs"), lines(row.design.live)] : null);
  } catch (error) {
    fill(side, make("p", { class: "complaint" }, error.message));
  }
  try {
    const run = await ask("GET", `${path}/run`);
    const boxes = run.series.map((chart) => [chart, make("div", { class: "chart" })]);
    fill(charts, boxes.map(([, box]) => box));
    for (const [chart, box] of boxes) {
      canvas(box, (width, height, em) => series(chart, { width, height, em, write: by[chart.unit] ?? by.count }))();
    }
    side.append(make("h3", {}, "Why"), ...(run.diagnosis.length ? run.diagnosis : [{ title: "Nothing to say", sentence: "" }]).map((finding) =>
      make("p", {}, make("b", {}, finding.title), make("br"), finding.sentence)));
  } catch (error) {
    fill(charts, make("p", { class: "complaint" }, error.message));
  }
}

/** The lines of a design. */
export const lines = (found) => make("pre", { class: "lines" }, found.length ? found.join("\n") : "nothing was changed");
