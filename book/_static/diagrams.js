// Diagrams: mermaid draws them, and only a page that has any fetches it.
// Their colours are those of book.css, so that both themes share a drawing.
(() => {
  const diagrams = document.querySelectorAll("pre.mermaid");
  if (!diagrams.length) return;
  const root = document.documentElement.dataset.content_root;
  const script = document.createElement("script");
  script.src = `${root}_static/mermaid/mermaid.js`;
  script.onload = () => {
    mermaid.initialize({
      startOnLoad: false,
      theme: "base",
      fontFamily: "var(--book-sans)",
      flowchart: { htmlLabels: true, useMaxWidth: false, curve: "basis" },
    });
    mermaid.run({ nodes: diagrams });
  };
  document.head.append(script);
})();
