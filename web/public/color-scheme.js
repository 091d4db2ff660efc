// Before the first paint: the colours that were chosen on this machine, so that nothing flashes. A file of its own,
// because the page allows no script that stands in it.
try {
  const chosen = localStorage.getItem('leadline.colours') ?? 'auto'
  const dark = chosen === 'auto' ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark'
  document.documentElement.dataset.mantineColorScheme = dark ? 'dark' : 'light'
} catch {
  document.documentElement.dataset.mantineColorScheme = 'light'
}
