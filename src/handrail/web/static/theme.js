// Before anything is drawn: the theme that somebody chose here.
"use strict";
{
  const kept = localStorage.getItem("theme");
  if (kept) document.documentElement.dataset.theme = kept;
}
