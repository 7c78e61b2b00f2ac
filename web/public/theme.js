// Runs before the first paint, so that no page flashes in the wrong theme.
(() => {
  const kept = localStorage.getItem("tutor.theme");
  const dark =
    kept === "dark" || (kept !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
