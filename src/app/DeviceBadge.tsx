import { Badge, Box, Popover, Text, UnstyledButton } from '@mantine/core';
import { Cpu } from 'lucide-react';
import { About } from './About.tsx';
import type { DeviceReport } from '../shared/training.ts';

/** Which device computes; what that means is one click away. */
export function DeviceBadge({ device }: { device: DeviceReport | null }) {
  if (!device) {
    return (
      <Badge variant="default" radius="sm" tt="none" fw={400}>
        Looking for a device …
      </Badge>
    );
  }
  const name = device.backend === 'webgpu' ? 'WebGPU' : 'WASM';
  return (
    <Popover width={320} position="bottom-end" withArrow shadow="md">
      <Popover.Target>
        <UnstyledButton aria-label={`Device: ${name}, ${device.name}. What this means`}>
          <Badge
            variant="default"
            radius="sm"
            tt="none"
            fw={400}
            maw={240}
            leftSection={<Cpu size={14} aria-hidden />}
            style={{ cursor: 'pointer' }}
          >
            {name} · {device.name}
          </Badge>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <Text size="sm">{device.explanation}</Text>
        <Text size="sm" mt="xs" c="dimmed">
          Your data and the model stay on this machine.
        </Text>
        <Box mt="xs">
          <About />
        </Box>
      </Popover.Dropdown>
    </Popover>
  );
}
