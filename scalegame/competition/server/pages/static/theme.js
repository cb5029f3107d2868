// Dark or light, before anything is drawn: as the system has it, until somebody chooses.
"use strict";
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: light)");
  let chosen = null;
  try {
    chosen = localStorage.getItem("theme");
  } catch {
    // A browser that keeps nothing: the system's it is.
  }
  const isKnown = (name) => name === "dark" || name === "light";
  const show = () => {
    root.dataset.theme = isKnown(chosen) ? chosen : system.matches ? "light" : "dark";
    const button = document.getElementById("theme");
    if (button) button.textContent = root.dataset.theme === "dark" ? "Light" : "Dark";
  };
  system.addEventListener("change", show);
  show();
  document.addEventListener("DOMContentLoaded", () => {
    show();
    document.getElementById("theme")?.addEventListener("click", () => {
      chosen = root.dataset.theme === "dark" ? "light" : "dark";
      try {
        localStorage.setItem("theme", chosen);
      } catch {
        // It stays so until the page is left.
      }
      show();
    });
  });
})();
