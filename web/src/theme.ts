// Colours and sizes. Text meets 4.5:1 and edges that mean something 3:1, in light and in dark.

import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'
import { text } from './text.ts'

const BLUE: MantineColorsTuple = [
  '#eef4fc',
  '#dbe7f7',
  '#b6cfee',
  '#8ab2e4',
  '#679bdb',
  '#4a85d0',
  '#3573c0',
  '#2a64ad',
  '#215291',
  '#173b6b',
]
const GRAY: MantineColorsTuple = [
  '#f7f8fa',
  '#f0f2f5',
  '#e6e9ee',
  '#d9dde4',
  '#c4cad4',
  '#a3abb8',
  '#6b7482',
  '#4b5361',
  '#2f3540',
  '#1b1f26',
]
const DARK: MantineColorsTuple = [
  '#dfe3e9',
  '#b9c0cb',
  '#98a1af',
  '#6f7886',
  '#434b57',
  '#323842',
  '#232830',
  '#171a20',
  '#121519',
  '#0c0e11',
]

const FONTS = 'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif'
const MONO = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace'

export const theme = createTheme({
  colors: { blue: BLUE, gray: GRAY, dark: DARK },
  primaryColor: 'blue',
  primaryShade: { light: 7, dark: 7 },
  defaultRadius: 6,
  fontFamily: FONTS,
  fontFamilyMonospace: MONO,
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  headings: { fontFamily: FONTS, fontWeight: '600' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { variant: 'default' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    Tooltip: { defaultProps: { openDelay: 400, events: { hover: true, focus: true, touch: false } } },
    Modal: {
      defaultProps: {
        overlayProps: { backgroundOpacity: 0.45 },
        transitionProps: { duration: 120 },
        closeButtonProps: { 'aria-label': text.shell.close },
        // A <header> outside of an article is the banner of the page to screen readers.
        attributes: { header: { role: 'presentation' } },
      },
    },
    Menu: {
      defaultProps: {
        shadow: 'md',
        transitionProps: { duration: 80 },
        // A menu holds nothing but its items.
        withInitialFocusPlaceholder: false,
      },
    },
    Popover: { defaultProps: { shadow: 'md', transitionProps: { duration: 80 } } },
    // Beside its input, where the parts of the page are named: screen readers find no nameless rest.
    Combobox: { defaultProps: { withinPortal: false } },
    Badge: { defaultProps: { variant: 'light', radius: 'sm' } },
  },
})

/** Each in light and in dark: the browser chooses by the colour scheme of the page. */
const COLOURS = {
  '--mantine-color-body': `light-dark(#ffffff, ${DARK[7]})`,
  '--mantine-color-text': `light-dark(${GRAY[9]}, ${DARK[0]})`,
  '--mantine-color-dimmed': 'light-dark(#586070, #a2abb8)',
  '--mantine-color-placeholder': 'light-dark(#6b7482, #8b94a3)',
  '--mantine-color-error': 'light-dark(#b42318, #ff9c92)',
  '--mantine-color-anchor': `light-dark(${BLUE[7]}, #8fb8ea)`,
  '--surface': 'light-dark(#ffffff, #1c2027)',
  '--surface-sunk': `light-dark(${GRAY[0]}, ${DARK[8]})`,
  '--line': `light-dark(${GRAY[2]}, #2a3039)`,
  '--line-strong': `light-dark(${GRAY[3]}, #39404b)`,
  '--line-input': 'light-dark(#8d96a5, #6f7886)',
  '--plain-back': `light-dark(${GRAY[2]}, #2f3640)`,
  '--hover': `light-dark(${GRAY[1]}, #262b34)`,
  '--chosen': `light-dark(${BLUE[0]}, #1d3149)`,
  '--chosen-text': `light-dark(${BLUE[8]}, #a9c8ee)`,
  '--focus': `light-dark(${BLUE[6]}, ${BLUE[3]})`,
  '--mantine-color-orange-light': 'var(--warn-back)',
  '--mantine-color-orange-light-color': 'var(--warn-text)',
  '--mantine-color-red-filled': '#b42318',
  '--mantine-color-red-filled-hover': '#96190f',
  '--mantine-color-red-light': 'var(--bad-back)',
  '--mantine-color-red-light-color': 'var(--bad-text)',
  '--warn-text': 'light-dark(#8a4b00, #f0bd72)',
  '--warn-back': 'light-dark(#fff4e0, #34280f)',
  '--warn-line': 'light-dark(#e8b768, #7b5c1f)',
  '--bad-text': 'light-dark(#a3201a, #ffa39a)',
  '--bad-back': 'light-dark(#fdeeec, #3a1d1b)',
  '--bad-line': 'light-dark(#eba49d, #8a3a34)',
  '--good-text': 'light-dark(#1d6b3e, #86d5a3)',
  '--good-back': 'light-dark(#e8f6ed, #16301f)',
  '--good-line': 'light-dark(#93cfab, #2f6d47)',
}

// Under both schemes, so that they rank above the defaults of the package.
export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: COLOURS, dark: COLOURS })
