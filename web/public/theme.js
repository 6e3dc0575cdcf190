// Paints the ground in the right colour before the program is there; a file of its own because the
// content security policy allows no inline script.
(function () {
  var theme = 'system';
  try {
    theme = localStorage.getItem('outfitter.theme') || theme;
  } catch {
    // Storage can be forbidden; the system's choice then holds.
  }
  var dark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
