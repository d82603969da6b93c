import { Button, Code, Container, Group, Stack, Text, Title } from '@mantine/core';
import type { FallbackProps } from 'react-error-boundary';
import { toRungError } from '../shared/errors.ts';

/** What stands in place of a screen that threw while it was drawn. A running training goes on in its worker. */
export function CrashScreen({ error, resetErrorBoundary }: FallbackProps) {
  return (
    <Container size="sm" py="xl" role="alert">
      <Stack>
        <Title order={2}>This screen could not be drawn</Title>
        <Text>
          That is a defect in Rung, not in your data. Finished runs are safe, and a training that runs goes on.
        </Text>
        <Code block>{toRungError(error).message}</Code>
        <Group>
          <Button onClick={resetErrorBoundary}>Try again</Button>
          <Button variant="default" onClick={() => location.reload()}>
            Reload the page
          </Button>
        </Group>
      </Stack>
    </Container>
  );
}
