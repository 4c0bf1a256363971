"""The checker's replies on the site: to be read in every way."""

import pytest
from conftest import unavailable
from site_reader import pages_with

MODES = {
    "wide": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}},
    "dark": {
        "viewport": {"width": 1280, "height": 900},
        "color_scheme": "dark",
    },
}
# Contrast as in WCAG 2 of the words, of the edge, and what sticks out.
LOOK = """() => {
  const canvas = document.createElement("canvas").getContext("2d");
  const luminance = (color) => {
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(
      (v) => (v / 255 <= 0.04045) ? v / 255 / 12.92
        : ((v / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (node) => {
    for (let box = node; box; box = box.parentElement) {
      const { backgroundColor } = getComputedStyle(box);
      if (!/, 0\\)$/.test(backgroundColor)) return backgroundColor;
    }
    return "white";
  };
  const contrast = (color, node) => {
    const [low, high] = [luminance(color), luminance(ground(node))].sort(
      (a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  return [...document.querySelectorAll("div.reply")].map((reply) => {
    const words = [reply, ...reply.querySelectorAll("*")];
    const cell = reply.closest(".cell_output").getBoundingClientRect();
    const box = reply.getBoundingClientRect();
    return {
      words: Math.min(...words.map(
        (node) => contrast(getComputedStyle(node).color, node))),
      edge: contrast(getComputedStyle(reply).borderLeftColor, reply),
      inside: cell.left <= box.left && box.right <= cell.right,
      text: reply.textContent,
    };
  });
}"""


@pytest.mark.parametrize("mode", MODES)
def test_replies_stand_out_and_stay_in_their_cell(browser, address, mode):
    pages = pages_with('<div class="reply"')
    if not pages:
        unavailable("no page of the site has a reply of the checker")
    context = browser.new_context(**MODES[mode])
    tab = context.new_page()
    for page in pages:
        tab.goto(address + page)
        tab.evaluate("""() => document.querySelectorAll("details").forEach(
          (box) => { box.open = true; })""")
        for reply in tab.evaluate(LOOK):
            assert reply["words"] >= 4.5, (page, reply)
            assert reply["edge"] >= 3, (page, reply)
            assert reply["inside"], (page, reply)
            assert reply["text"].startswith(("Exercise", "✓", "✗"))
    context.close()
