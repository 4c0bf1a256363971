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

  // What scrolls sideways must be reachable by keyboard, and say what it is.
  const kind = (box) => {
    if (box.matches("figure, .mermaid")) return []; // they have their names
    if (box.matches("mjx-container")) return ["group", "Formula"];
    if (box.closest(".cell_output")) return ["group", "Output"];
    if (box.matches("pre")) return ["group", "Code"];
    const number = box.querySelector("caption > .caption-number");
    return ["region", number?.textContent.trim() ?? "Table"];
  };
  const reachable = (box) => {
    // Both are rounded: a formula may seem wider than itself. With code the
    // theme is content with one pixel more, in width or height.
    const code = box.matches("pre");
    const wide =
      box.scrollWidth > box.clientWidth + (code ? 0 : 1) ||
      (code && box.scrollHeight > box.clientHeight);
    const [role, name] = kind(box);
    const said = name && `${name}, scrolls sideways`;
    const set = { tabindex: "0", role, "aria-label": said };
    for (const [attribute, value] of Object.entries(set)) {
      if (!value) continue;
      if (wide) box.setAttribute(attribute, value);
      else box.removeAttribute(attribute);
    }
  };
  // Called when a box opens, a diagram is drawn or the window changes.
  const sizes = new ResizeObserver((changes) => {
    for (const { target } of changes) reachable(target);
  });

  // The name of a column leaves out its formulas, unless they have names.
  const WORDS = {
    msub: ([base, low]) => `${base} sub ${low}`,
    msup: ([base, high]) =>
      high === "\u2032" ? `${base} prime` : `${base} to the ${high}`,
    msubsup: ([base, low, high]) => `${base} sub ${low} to the ${high}`,
    mfrac: ([above, below]) => `${above} over ${below}`,
    msqrt: (parts) => `root of ${parts.join(" ")}`,
    mover: ([base, sign]) => `${base} ${sign === "^" ? "hat" : sign}`,
  };
  const spoken = (node) => {
    const parts = [...node.children].map(spoken);
    const say = WORDS[node.localName] ?? ((parts) => parts.join(" "));
    return parts.length ? say(parts) : node.textContent;
  };

  const name = async () => {
    await window.MathJax?.startup?.promise;
    await document.fonts.ready;
    for (const math of document.querySelectorAll("th math")) {
      math.setAttribute("aria-label", spoken(math).trim());
    }
    const wide =
      "article pre, article mjx-container, article figure.scroll-x," +
      " .pst-scrollable-table-container";
    for (const box of document.querySelectorAll(wide)) sizes.observe(box);
  };

  // The theme takes the focus away from a button that was pressed. It stays
  // where it is for those who press keys, or comes back from a dialog.
  const keepFocus = () => {
    for (const button of document.querySelectorAll("button")) {
      button.blur = () => {
        if (button.matches(":focus-visible")) return;
        HTMLElement.prototype.blur.call(button);
      };
    }
  };

  // Whether the contents of the book stand beside the page.
  const tellSidebar = () => {
    const bar = document.querySelector(".bd-sidebar-primary");
    const hidden =
      !bar ||
      bar.matches("dialog, .pst-sidebar-hidden") ||
      getComputedStyle(bar).display === "none";
    const toggle = document.querySelector(".primary-toggle");
    toggle?.setAttribute("aria-expanded", !hidden);
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
  addEventListener("click", () => setTimeout(tellSidebar), true);
  addEventListener("resize", tellSidebar);
  document.addEventListener("DOMContentLoaded", () => {
    reveal();
    keepFocus();
    tellSidebar();
  });
  addEventListener("load", name);
})();
