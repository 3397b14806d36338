// Comfort only: everything in this page can be read and filtered without it.
"use strict";

const search = document.querySelector("#search");
const rows = [...document.querySelectorAll(".requirements tbody tr")];
const found = document.querySelector("#found");

search.closest(".search").hidden = false;
search.addEventListener("input", () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const row of rows) {
    const text = row.textContent.toLowerCase();
    row.hidden = !words.every((word) => text.includes(word));
  }
  const count = rows.filter((row) => !row.hidden).length;
  found.textContent = words.length ? `${count} of ${rows.length} requirements have these words` : "";
});

for (const lines of document.querySelectorAll(".lines")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    button.textContent = (await copied(lines.querySelector("pre"))) ? "Copied" : "Selected: press Ctrl+C";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  lines.prepend(button);
}

async function copied(block) {
  try {
    await navigator.clipboard.writeText(block.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(block);
    return false;
  }
}
