// Boxes that fold: open when linked to, and all open in print.
// Everything else about them is the browser's own <details>.
// Paper is light, whatever the page's theme. From disk a page may not fetch
// another, so the search does without extracts there.
(() => {
  const reveal = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    if (!target) return;
    for (let box = target; box; box = box.parentElement) {
      if (box.tagName === "DETAILS") box.open = true;
    }
    target.scrollIntoView();
  };

  // What scrolls sideways must be reachable by keyboard.
  const focusable = () => {
    const wide =
      "article pre, article mjx-container[display], article figure.scroll-x," +
      " .pst-scrollable-table-container";
    for (const box of document.querySelectorAll(wide)) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else if (box.tabIndex === 0) box.removeAttribute("tabindex");
    }
  };

  if (location.protocol === "file:") {
    DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  }

  const { dataset } = document.documentElement;
  let { theme } = dataset;
  let closed = [];
  addEventListener("beforeprint", () => {
    theme = dataset.theme;
    dataset.theme = "light";
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const box of closed) box.open = true;
  });
  addEventListener("afterprint", () => {
    dataset.theme = theme;
    for (const box of closed) box.open = false;
  });
  addEventListener("hashchange", reveal);
  // A second click on a link to the present hash changes nothing else.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.hash === location.hash) reveal();
  });
  document.addEventListener("DOMContentLoaded", reveal);
  addEventListener("load", focusable);
  addEventListener("resize", focusable);
})();
