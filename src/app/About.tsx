import { Anchor, Text } from '@mantine/core';
import { version } from '../../package.json';

/** Which Rung this is, and whose work it holds. */
export function About() {
  return (
    <Text size="xs" c="var(--muted)">
      Rung {version} ·{' '}
      <Anchor href="./third-party-licenses.md" target="_blank" inherit>
        licences
      </Anchor>
    </Text>
  );
}
