// Questions before something happens that cannot be taken back, and what has to be filled in for it.
import { fill, find, make } from "./dom.js";

/**
 * Asks, and carries out. What is refused is said in the dialog, which stays open with what was typed.
 *
 * fields: [{name, label, value, type, required, rows, options}]
 */
export function question({ title, text, fields = [], action, carry }) {
  const dialog = find("dialog");
  const complaint = make("p", { class: "complaint", role: "alert" });
  const go = make("button", { type: "submit", class: "main" }, action);
  const form = make("form", {
    submit: async (event) => {
      event.preventDefault();
      go.disabled = true;
      complaint.textContent = "";
      try {
        await carry(Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()])));
        if (form.isConnected) dialog.close();
      } catch (error) {
        complaint.textContent = error.message;
      } finally {
        go.disabled = false;
      }
    },
  }, make("h2", {}, title), text && make("p", { class: "quiet" }, text), fields.map(input), complaint,
  make("div", { class: "row" }, make("button", { type: "button", click: () => dialog.close() }, "Leave it"), go));
  fill(dialog, form);
  dialog.showModal();
  (form.querySelector("input, textarea, select") ?? go).focus();
}

function input({ name, label, value = "", type = "text", required = false, rows, options, most = 200 }) {
  const same = { name, required };
  if (options) {
    return make("label", {}, label, " ", make("select", same, options.map(([key, words]) =>
      make("option", { value: key, selected: key === value }, words))));
  }
  const limits = type === "number" ? { min: 1, max: 86400, step: 1 } : { maxlength: most };
  const box = rows ? make("textarea", { ...same, rows, maxlength: most }) : make("input", { ...same, ...limits, type, autocomplete: "off" });
  box.value = value;
  return make("label", {}, label, box);
}
