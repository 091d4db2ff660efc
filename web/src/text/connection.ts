export const connection = {
  lost: 'No connection',
  opens: 'No connection. The page opens as soon as the server answers.',
  missing_title: 'This page could not be loaded',
  missing: 'Leadline has been updated. Reload the page.',
} as const
