// Words selected in an answer become a tag at a tap; without this script they are typed.
"use strict";
(() => {
  const take = document.getElementById("take");
  const others = document.getElementById("tags");
  if (!take || !others) return;
  const selected = () => {
    const area = document.activeElement;
    if (!(area instanceof HTMLTextAreaElement)) return "";
    return area.value.slice(area.selectionStart, area.selectionEnd).replace(/[,，、\s]+/g, " ").trim();
  };
  let words = "";
  document.addEventListener("selectionchange", () => {
    const now = selected();
    if (now) words = now.slice(0, 40);
    take.hidden = !words;
    if (words) take.dataset.words = words;
  });
  take.addEventListener("mousedown", (event) => event.preventDefault());
  take.addEventListener("click", () => {
    const there = others.value.split(/[,，、]/).map((each) => each.trim()).filter(Boolean);
    if (words && !there.includes(words)) others.value = [...there, words].join(", ");
    words = "";
    take.hidden = true;
  });
})();
