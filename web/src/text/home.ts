/** The first steps of an installation, for administrators. */
export const home = {
  title: 'Getting started',
  intro: 'Four steps from an empty installation to the first call. Each ticks itself off.',
  done: 'Done',
  to_do: 'To do',
  hide: 'Hide this',
  hidden: 'Getting started is hidden. The name at the top leads to your leads now.',
  undo: 'Undo',
  steps: {
    campaign: {
      title: 'Have a campaign',
      note: 'A campaign holds leads of one template. The first start makes a sample one.',
      go: 'Look at the campaigns',
    },
    lead: {
      title: 'Send a first lead',
      note: 'Makes a key that can only insert leads, and shows the request to paste into a terminal.',
      go: 'Make a key and show the request',
      key_name: 'First try',
      or: 'Type one in instead',
    },
    people: {
      title: 'Add your colleagues',
      note: 'Each person signs in with a name of their own, so the history says who did what.',
      go: 'Add people',
    },
    dialler: {
      title: 'Connect a dialler',
      note: 'It takes leads and reports outcomes with a key that may dial.',
      go: 'Make a key for it',
    },
  },
} as const
