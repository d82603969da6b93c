import { createTheme, type MantineColorsTuple } from '@mantine/core';

// Around the accent of tokens.css: shade 7 on white and shade 4 on the dark page both pass 4.5:1 for text.
const blue: MantineColorsTuple = [
  '#eef5ff',
  '#dbe8fb',
  '#b6d0f5',
  '#8db6ef',
  '#60a5fa',
  '#3b86e0',
  '#1f73d2',
  '#0b63c5',
  '#0857ad',
  '#044a96',
];

export const theme = createTheme({
  primaryColor: 'blue',
  primaryShade: { light: 7, dark: 7 },
  colors: { blue },
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace',
  headings: { fontWeight: '600' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // In a sentence colour alone does not tell a link from words.
    Anchor: { defaultProps: { underline: 'always' } },
    // Its own button has no name, its own grey too little contrast.
    Notification: {
      defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } },
      styles: { description: { color: 'var(--muted)' } },
    },
  },
});
