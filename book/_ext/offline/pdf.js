// The whole book in one document, from the HTML of its pages.
//
// Run by pdf.py in a document that has the site's styles and scripts. Every
// id gets its page's name in front, and every link leads to where its target
// is now: to an id here, to the repository, to the site, or nowhere.
(() => {
  const GONE =
    "a.headerlink, a.box-link, a.sd-btn, template, script, button, input," +
    " .offline-copies";
  const slug = (page) => page.replace(/^book\//, "").replaceAll("/", "-");
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  // Parts stand above chapters, and so in the PDF's tags.
  const heading = (element, level) => {
    element.setAttribute("role", "heading");
    element.setAttribute("aria-level", level);
    return element;
  };
  const plain = (title) => title.textContent.replace(/\s+/g, " ").trim();

  // An address on the site, such as "book/part2/losses.html#summary".
  const onSite = (page, address) => {
    const url = new URL(address, `site:///${page}.html`);
    return { path: url.pathname.slice(1), place: url.hash.slice(1) };
  };

  const moved = ({ path, place }, book) => {
    const page = path.replace(/\.html$/, "");
    if (book.pages.some(({ name }) => name === page)) {
      return `#${slug(page)}${place && `--${place}`}`;
    }
    if (page.startsWith("source/") && book.source) {
      const line = place.replace("-", "");
      const file = page.replace(/^source/, `${book.source}/code/plainnet`);
      return `${file}.py${line && `#${line}`}`;
    }
    return book.site && `${book.site}${path}${place && `#${place}`}`;
  };

  // A line may begin with no mark that belongs to the formula before it.
  const keepTogether = (formula) => {
    const after = formula.nextSibling;
    const mark = after?.data?.match(/^[.,;:!?)\]’”]+/)?.[0];
    if (!mark) return;
    after.splitText(mark.length);
    const both = make("span", { className: "together" });
    formula.replaceWith(both);
    both.append(formula, after);
  };

  const article = (page, book) => {
    const read = new DOMParser().parseFromString(page.html, "text/html");
    const found = document.adoptNode(read.querySelector("article"));
    const all = (selector) => found.querySelectorAll(selector);
    const name = slug(page.name);
    all(GONE).forEach((element) => element.remove());
    all("details").forEach((box) => { box.open = true; });
    all(".listing-source").forEach((source) => {
      while (source.childNodes.length > 1) source.lastChild.remove();
    });
    all("[id]").forEach((target) => { target.id = `${name}--${target.id}`; });
    // The title, not the section, which may begin on the page before it.
    all("section[id]").forEach((section) => {
      const title = section.querySelector("h1, h2, h3, h4, h5, h6");
      if (!title) return;
      title.id = section.id;
      section.removeAttribute("id");
    });
    all("img").forEach((image) => {
      const address = image.getAttribute("src");
      image.loading = "eager";
      if (address.startsWith("data:")) return;
      image.src = book.files + onSite(page.name, address).path;
    });
    all("a[href]").forEach((link) => {
      const address = link.getAttribute("href");
      if (/^[a-z]+:/.test(address)) return;
      const target = moved(onSite(page.name, address), book);
      if (target) link.setAttribute("href", target);
      else if (link.matches(".sd-stretched-link")) link.remove();
      else link.replaceWith(...link.childNodes);
    });
    all("span.math").forEach(keepTogether);
    found.id = name;
    found.style.page = name;
    return found;
  };

  const contents = make("nav", { id: "contents" });
  const entries = [];
  const entry = (title, target, className) => {
    const link = make("a", { href: `#${target}` }, title);
    const number = make("span", { className: "page" });
    contents.append(make("p", { className }, link, " ", number));
    entries.push({ title, target, kind: className });
  };

  // What stands at the head of a page.
  const heads = (name, left, right) => {
    const text = (words) => JSON.stringify(words);
    return `@page ${name} { @top-left { content: ${text(left)} }
      @top-right { content: ${text(right)} } }`;
  };

  // Returns what the contents list.
  window.makeBook = (book) => {
    const shell = document.querySelector(".bd-article-container");
    const rules = [];
    let part = "";
    contents.append(heading(make("h1", {}, "Contents"), 1));
    shell.append(contents);
    for (const page of book.pages) {
      const made = article(page, book);
      const title = made.querySelector("h1");
      if (page.part !== part) {
        part = page.part;
        const line = make("p", { className: "part", id: `part-of-${made.id}` });
        line.append(part);
        made.prepend(heading(line, 1));
        entry(part, line.id, "part");
      }
      entry(plain(title), made.id, "chapter");
      rules.push(heads(made.id, part, plain(title)));
      const deeper = part ? 1 : 0;
      for (const found of made.querySelectorAll("h1, h2, h3, h4")) {
        const level = Number(found.localName[1]);
        if (level === 2) entry(plain(found), found.id, "section");
        if (deeper) heading(found, level + deeper);
      }
      shell.append(made);
    }
    document.head.append(make("style", {}, rules.join("\n")));
    // The same holds for a place just before a title.
    for (const link of shell.querySelectorAll("a[href^='#']")) {
      let place = document.getElementById(link.hash.slice(1));
      while (place?.matches("span:empty")) place = place.nextElementSibling;
      if (place?.id && place.matches("h1, h2, h3, h4")) {
        link.setAttribute("href", `#${place.id}`);
      }
    }
    const picture = shell.querySelector("figure svg");
    if (picture) {
      document.querySelector(".picture").append(picture.cloneNode(true));
    }
    return entries;
  };

  window.numberContents = (numbers) => {
    for (const line of contents.querySelectorAll("p")) {
      const [link, number] = line.children;
      number.textContent = numbers[link.hash.slice(1)];
    }
  };
})();
